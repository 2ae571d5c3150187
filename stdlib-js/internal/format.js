// util.format: printf-like strings, as console uses them.
import { proxyDetails } from 'internal:util';
import { formatBigInt, formatNumber, inspect } from './inspect.js';

const plain = (text) => text;

function stringify(value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError && /circular structure/.test(error.message)) return '[Circular]';
    throw error;
  }
}

// Whether String(value) is V8's own, so that inspect says more.
function hasBuiltInToString(value) {
  let proxy;
  while ((proxy = proxyDetails(value)) !== undefined) {
    if (proxy[0] === null) return true;
    [value] = proxy;
  }
  const keys = ['toString', Symbol.toPrimitive].filter((key) => typeof value[key] === 'function');
  if (keys.length === 0) return true;
  let holder = value;
  while (!keys.some((key) => Object.hasOwn(holder, key))) holder = Object.getPrototypeOf(holder);
  if (holder === value) return false;
  const constructor = Object.getOwnPropertyDescriptor(holder, 'constructor');
  return typeof constructor?.value === 'function' && /\[native code\]/.test(Function.prototype.toString.call(constructor.value));
}

function text(letter, value, options) {
  switch (letter) {
    case 's':
      if (typeof value === 'number') return formatNumber(plain, value, options.numericSeparator);
      if (typeof value === 'bigint') return formatBigInt(plain, value, options.numericSeparator);
      if (typeof value !== 'object' || value === null || !hasBuiltInToString(value)) return String(value);
      return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
    case 'j': return stringify(value);
    case 'd':
      if (typeof value === 'bigint') return formatBigInt(plain, value, options.numericSeparator);
      return typeof value === 'symbol' ? 'NaN' : formatNumber(plain, Number(value), options.numericSeparator);
    case 'O': return inspect(value, options);
    case 'o': return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
    case 'i':
      if (typeof value === 'bigint') return formatBigInt(plain, value, options.numericSeparator);
      return typeof value === 'symbol' ? 'NaN' : formatNumber(plain, Number.parseInt(value, 10), options.numericSeparator);
    case 'f': return typeof value === 'symbol' ? 'NaN' : formatNumber(plain, Number.parseFloat(value), options.numericSeparator);
    default: return ''; // %c: CSS has no meaning here.
  }
}

/** Like format, with inspect's options first. */
export function formatWithOptions(options, ...args) {
  const [first] = args;
  let result = '';
  let next = 0;
  if (typeof first === 'string') {
    if (args.length === 1) return first;
    next = 1;
    let last = 0;
    for (let i = first.indexOf('%'); i !== -1 && i < first.length - 1; i = first.indexOf('%', i)) {
      const letter = first[i + 1];
      if (letter === '%') {
        result += first.slice(last, i + 1);
        last = i + 2;
      } else if (next < args.length && 'sjdOoifc'.includes(letter)) {
        result += first.slice(last, i) + text(letter, args[next++], options);
        last = i + 2;
      }
      i += 2;
    }
    result += first.slice(last);
    if (next === args.length) return result;
    result += ' ';
  }
  return result + args.slice(next).map((arg) => (typeof arg === 'string' ? arg : inspect(arg, options))).join(' ');
}

export function format(...args) { return formatWithOptions({}, ...args); }
