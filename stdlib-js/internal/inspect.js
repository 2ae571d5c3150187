// util.inspect, with Node 24's output. Evaluated when something is first shown.
// The layout of arrays and objects in lines is in inspect_layout.js, errors in inspect_error.js.
import * as native from 'internal:util';
import { isStackOverflowError } from './errors.js';
import { formatError } from './inspect_error.js';
import { ARRAY, ARRAY_EXTRAS, OBJECT, reduceToSingleString, remainingText } from './inspect_layout.js';

export const custom = Symbol.for('nodejs.util.inspect.custom');

const builtIns = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)));
const { hasOwn, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const isEnumerable = (object, key) => Object.prototype.propertyIsEnumerable.call(object, key);
const tagOfTypedArray = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const isTypedArray = (value) => tagOfTypedArray.call(value) !== undefined;

const keyRegExp = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const indexRegExp = /^(0|[1-9][0-9]*)$/;

const defaultOptions = {
  showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false, maxArrayLength: 100,
  maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false, numericSeparator: false,
};

/** A string that shows `value` to a programmer. */
export function inspect(value, options) {
  const ctx = { budget: {}, indentationLvl: 0, seen: [], currentDepth: 0, stylize: plain, ...defaultOptions };
  if (arguments.length > 1) {
    if (arguments.length > 2) {
      if (arguments[2] !== undefined) ctx.depth = arguments[2];
      if (arguments.length > 3 && arguments[3] !== undefined) ctx.colors = arguments[3];
    }
    if (typeof options === 'boolean') {
      ctx.showHidden = options;
    } else if (options) {
      for (const key of Object.keys(options)) {
        if (hasOwn(defaultOptions, key) || key === 'stylize') ctx[key] = options[key];
        else if (ctx.userOptions === undefined) ctx.userOptions = options;
      }
    }
  }
  if (ctx.colors) ctx.stylize = colored;
  if (ctx.maxArrayLength === null) ctx.maxArrayLength = Infinity;
  if (ctx.maxStringLength === null) ctx.maxStringLength = Infinity;
  return formatValue(ctx, value, 0);
}

inspect.custom = custom;
Object.defineProperty(inspect, 'defaultOptions', {
  get: () => defaultOptions,
  set(options) {
    if (options === null || typeof options !== 'object') {
      throw require('./errors.js').ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    Object.assign(defaultOptions, options);
  },
});

const FOREGROUND = 39;
const BACKGROUND = 49;
inspect.colors = { __proto__: null, reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24],
                   blink: [5, 25], inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24] };
['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].forEach((name, i) => {
  const title = name[0].toUpperCase() + name.slice(1);
  inspect.colors[name] = [30 + i, FOREGROUND];
  inspect.colors[`bg${title}`] = [40 + i, BACKGROUND];
  inspect.colors[i === 0 ? 'gray' : `${name}Bright`] = [90 + i, FOREGROUND];
  inspect.colors[i === 0 ? 'bgGray' : `bg${title}Bright`] = [100 + i, BACKGROUND];
});
Object.assign(inspect.colors, { framed: [51, 54], overlined: [53, 55] });
for (const [alias, name] of [['grey', 'gray'], ['blackBright', 'gray'], ['bgGrey', 'bgGray'], ['bgBlackBright', 'bgGray'],
                             ['faint', 'dim'], ['crossedout', 'strikethrough'], ['strikeThrough', 'strikethrough'],
                             ['crossedOut', 'strikethrough'], ['conceal', 'hidden'], ['swapColors', 'inverse'],
                             ['swapcolors', 'inverse'], ['doubleUnderline', 'doubleunderline']]) {
  inspect.colors[alias] = inspect.colors[name];
}
inspect.styles = Object.assign({ __proto__: null }, {
  special: 'cyan', number: 'yellow', bigint: 'yellow', boolean: 'yellow', undefined: 'grey', null: 'bold',
  string: 'green', symbol: 'green', date: 'magenta', regexp: 'red', module: 'underline',
});

function plain(text) { return text; }
function colored(text, style) {
  const color = inspect.colors[inspect.styles[style]];
  return color === undefined ? text : `\x1b[${color[0]}m${text}\x1b[${color[1]}m`;
}

function formatValue(ctx, value, depth, typedArray) {
  if (typeof value !== 'object' && typeof value !== 'function') return formatPrimitive(ctx.stylize, value, ctx);
  if (value === null) return ctx.stylize('null', 'null');
  const context = value;
  let proxy = native.proxyDetails(value);
  if (proxy !== undefined) {
    if (proxy[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) return formatProxy(ctx, proxy, depth);
    while (proxy !== undefined) {
      value = proxy[0];
      if (value === null) return ctx.stylize('<Revoked Proxy>', 'special');
      proxy = native.proxyDetails(value);
    }
  }
  if (ctx.customInspect) {
    const method = value[custom];
    if (typeof method === 'function' && method !== inspect &&
        getOwnPropertyDescriptor(value, 'constructor')?.value?.prototype !== value) {
      const left = ctx.depth === null ? null : ctx.depth - depth;
      const { budget, seen, indentationLvl, currentDepth, userOptions, circular, ...options } = ctx;
      const result = method.call(context, left, { ...options, ...userOptions }, inspect);
      if (result !== context) {
        if (typeof result !== 'string') return formatValue(ctx, result, depth);
        return result.replaceAll('\n', `\n${' '.repeat(ctx.indentationLvl)}`);
      }
    }
  }
  if (ctx.seen.includes(value)) {
    ctx.circular ??= new Map();
    let index = ctx.circular.get(value);
    if (index === undefined) {
      index = ctx.circular.size + 1;
      ctx.circular.set(value, index);
    }
    return ctx.stylize(`[Circular *${index}]`, 'special');
  }
  return formatRaw(ctx, value, depth, typedArray);
}

function isInstance(object, constructor) {
  try {
    return object instanceof constructor;
  } catch {
    return false;
  }
}

function constructorName(object, ctx, depth, protoProps) {
  let first;
  const original = object;
  while (object) {
    const descriptor = getOwnPropertyDescriptor(object, 'constructor');
    if (descriptor !== undefined && typeof descriptor.value === 'function' && descriptor.value.name !== '' &&
        isInstance(original, descriptor.value)) {
      if (protoProps !== undefined && (first !== object || !builtIns.has(descriptor.value.name))) {
        addPrototypeProperties(ctx, original, first || original, depth, protoProps);
      }
      return String(descriptor.value.name);
    }
    object = getPrototypeOf(object);
    if (first === undefined) first = object;
  }
  if (first === null) return null;
  const name = native.constructorName(original);
  if (depth > ctx.depth && ctx.depth !== null) return `${name} <Complex prototype>`;
  const parent = constructorName(first, ctx, depth + 1, protoProps);
  if (parent === null) return `${name} <${inspect(first, { ...ctx, customInspect: false, depth: -1 })}>`;
  return `${name} <${parent}>`;
}

function addPrototypeProperties(ctx, main, object, depth, output) {
  let level = 0;
  let keys;
  let seen;
  do {
    if (level !== 0 || main === object) {
      object = getPrototypeOf(object);
      if (object === null) break;
      const descriptor = getOwnPropertyDescriptor(object, 'constructor');
      if (descriptor !== undefined && typeof descriptor.value === 'function' && builtIns.has(descriptor.value.name)) break;
    }
    if (level === 0) seen = new Set();
    else keys.forEach((key) => seen.add(key));
    keys = Reflect.ownKeys(object);
    ctx.seen.push(main);
    for (const key of keys) {
      if (key === 'constructor' || hasOwn(main, key) || (level !== 0 && seen.has(key))) continue;
      const descriptor = getOwnPropertyDescriptor(object, key);
      if (typeof descriptor.value === 'function') continue;
      const text = formatProperty(ctx, object, depth, key, OBJECT, descriptor, main);
      output.push(ctx.colors ? `\x1b[2m${text}\x1b[22m` : text);
    }
    ctx.seen.pop();
  } while (++level !== 3);
}

/** "Name(size) [tag] ": how a value's kind is shown before its braces. */
export function getPrefix(constructor, tag, fallback, size = '') {
  if (constructor === null) {
    return tag !== '' && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `;
  }
  let result = `${constructor}${size} `;
  if (tag !== '') {
    const position = constructor.indexOf(tag);
    const end = position + tag.length;
    if (position === -1 || (end !== constructor.length && constructor[end] === constructor[end].toLowerCase())) {
      result += `[${tag}] `;
    }
  }
  return result;
}

function ownKeys(value, showHidden) {
  const symbols = Object.getOwnPropertySymbols(value);
  if (showHidden) return [...Object.getOwnPropertyNames(value), ...symbols];
  let keys;
  try {
    keys = Object.keys(value);
  } catch {
    keys = Object.getOwnPropertyNames(value); // A namespace whose module has not run.
  }
  return symbols.length === 0 ? keys : [...keys, ...symbols.filter((key) => isEnumerable(value, key))];
}

function kindText(value, constructor, tag) {
  let fallback = '';
  if (constructor === null) {
    fallback = native.constructorName(value);
    if (fallback === tag) fallback = 'Object';
  }
  return getPrefix(constructor, tag, fallback);
}

function formatRaw(ctx, value, depth, typedArray) {
  let protoProps = ctx.showHidden && (depth <= ctx.depth || ctx.depth === null) ? [] : undefined;
  const constructor = constructorName(value, ctx, depth, protoProps);
  if (protoProps?.length === 0) protoProps = undefined;
  let tag = '';
  try {
    tag = value[Symbol.toStringTag];
  } catch {
    // A getter that throws shows nothing.
  }
  if (typeof tag !== 'string' ||
      (tag !== '' && (ctx.showHidden ? hasOwn : isEnumerable)(value, Symbol.toStringTag))) tag = '';
  const shape = shapeOf(ctx, value, depth, typedArray, constructor, tag, protoProps === undefined);
  if (shape.text !== undefined) return shape.text;
  const { keys, braces, format, extraKeys, kind = OBJECT } = shape;
  let { base = '' } = shape;
  if (depth > ctx.depth && ctx.depth !== null) {
    const name = kindText(value, constructor, tag).slice(0, -1);
    return ctx.stylize(constructor !== null ? `[${name}]` : name, 'special');
  }
  depth++;
  ctx.seen.push(value);
  ctx.currentDepth = depth;
  const { indentationLvl } = ctx;
  let output;
  try {
    output = format === undefined ? [] : format(ctx, value, depth);
    if (extraKeys !== undefined) {
      for (const key of extraKeys) {
        ctx.indentationLvl += 2;
        const text = formatValue(ctx, value[key], depth, shape.typedArray ?? typedArray);
        ctx.indentationLvl -= 2;
        output.push(`${ctx.stylize(`[${key}]`, 'string')}: ${text}`);
      }
    }
    for (const key of keys) output.push(formatProperty(ctx, value, depth, key, kind));
    if (protoProps !== undefined) output.push(...protoProps);
  } catch (error) {
    if (!isStackOverflowError(error)) throw error;
    ctx.seen.pop();
    ctx.indentationLvl = indentationLvl;
    const name = kindText(value, constructor, tag).slice(0, -1);
    return ctx.stylize(`[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, 'special');
  }
  const index = ctx.circular?.get(value);
  if (index !== undefined) {
    const reference = ctx.stylize(`<ref *${index}>`, 'special');
    if (ctx.compact !== true) base = base === '' ? reference : `${reference} ${base}`;
    else braces[0] = `${reference} ${braces[0]}`;
  }
  ctx.seen.pop();
  if (ctx.sorted) {
    const comparator = ctx.sorted === true ? undefined : ctx.sorted;
    if (kind === OBJECT) output.sort(comparator);
    else if (keys.length > 1) output.push(...output.splice(output.length - keys.length).sort(comparator));
  }
  const result = reduceToSingleString(ctx, output, base, braces, kind, depth, value);
  const budget = (ctx.budget[ctx.indentationLvl] || 0) + result.length;
  ctx.budget[ctx.indentationLvl] = budget;
  // Huge objects: the rest is shown in the shortest form.
  if (budget > 2 ** 27) ctx.depth = -1;
  return result;
}

// What is shown of a value: {text} when that is all, or its keys, braces and formatter.
function shapeOf(ctx, value, depth, typedArray, constructor, tag, noProto) {
  const empty = (keys) => keys.length === 0 && noProto;
  if (Symbol.iterator in value || constructor === null) {
    if (Array.isArray(value)) {
      const prefix = constructor !== 'Array' || tag !== '' ? getPrefix(constructor, tag, 'Array', `(${value.length})`) : '';
      const keys = native.ownNonIndexProperties(value, !ctx.showHidden);
      if (value.length === 0 && empty(keys)) return { text: `${prefix}[]` };
      return { keys, braces: [`${prefix}[`, ']'], format: formatArray, kind: ARRAY_EXTRAS };
    }
    if (native.isSet(value) || native.isMap(value)) {
      const isSet = native.isSet(value);
      const size = isSet ? setSize.call(value) : mapSize.call(value);
      const prefix = getPrefix(constructor, tag, isSet ? 'Set' : 'Map', `(${size})`);
      const keys = ownKeys(value, ctx.showHidden);
      if (size === 0 && empty(keys)) return { text: `${prefix}{}` };
      return { keys, braces: [`${prefix}{`, '}'], format: isSet ? formatSet : formatMap };
    }
    if (isTypedArray(value)) {
      const fallback = constructor === null ? tagOfTypedArray.call(value) : '';
      const bound = constructor === null ? new globalThis[fallback](value) : value;
      const prefix = getPrefix(constructor, tag, fallback, `(${bound.length})`);
      const keys = native.ownNonIndexProperties(value, !ctx.showHidden);
      if (bound.length === 0 && keys.length === 0 && !ctx.showHidden) return { text: `${prefix}[]` };
      return {
        keys, braces: [`${prefix}[`, ']'], kind: ARRAY_EXTRAS, typedArray: ctx.showHidden || undefined,
        format: (c, _, d) => formatTypedArray(c, bound, d),
        extraKeys: ctx.showHidden ? ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'] : undefined,
      };
    }
    if (native.isMapIterator(value) || native.isSetIterator(value)) {
      const name = native.isMapIterator(value) ? 'Map' : 'Set';
      const extra = tag !== `${name} Iterator` ? `${tag !== '' ? '] [' : ''}${tag}` : '';
      const braces = [`[${name} Iterator${extra}] {`, '}'];
      return { keys: ownKeys(value, ctx.showHidden), braces, format: (c, v, d) => formatIterator(c, v, d, braces) };
    }
  }
  const keys = ownKeys(value, ctx.showHidden);
  const braces = ['{', '}'];
  if (typeof value === 'function') {
    const base = functionBase(ctx, value, constructor, tag);
    return empty(keys) ? { text: ctx.stylize(base, 'special') } : { keys, braces, base };
  }
  if (constructor === 'Object' && native.isArgumentsObject(value)) {
    braces[0] = '[Arguments] {';
    return empty(keys) ? { text: '[Arguments] {}' } : { keys, braces };
  }
  if (constructor === 'Object' && !native.isBoxedPrimitive(value) && !native.isNativeError(value) &&
             !native.isRegExp(value) && !native.isDate(value) && !native.isPromise(value) && !native.isExternal(value)) {
    if (tag !== '') braces[0] = `${getPrefix(constructor, tag, 'Object')}{`;
    return empty(keys) ? { text: `${braces[0]}}` } : { keys, braces };
  }
  if (native.isRegExp(value)) {
    const prefix = getPrefix(constructor, tag, 'RegExp');
    const base = `${prefix !== 'RegExp ' ? prefix : ''}${RegExp.prototype.toString.call(constructor !== null ? value : new RegExp(value))}`;
    if (empty(keys) || (depth > ctx.depth && ctx.depth !== null)) return { text: ctx.stylize(base, 'regexp') };
    return { keys, braces, base };
  }
  if (native.isDate(value)) {
    const prefix = getPrefix(constructor, tag, 'Date');
    const time = Number.isNaN(Date.prototype.getTime.call(value)) ? Date.prototype.toString.call(value) : Date.prototype.toISOString.call(value);
    const base = `${prefix !== 'Date ' ? prefix : ''}${time}`;
    return empty(keys) ? { text: ctx.stylize(base, 'date') } : { keys, braces, base };
  }
  if (native.isNativeError(value) || value instanceof Error) {
    const base = formatError(ctx, value, constructor, tag, keys, formatValue);
    return empty(keys) ? { text: base } : { keys, braces, base };
  }
  if (native.isAnyArrayBuffer(value)) {
    const prefix = getPrefix(constructor, tag, native.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer');
    if (typedArray !== undefined && empty(keys)) {
      return { text: `${prefix}{ byteLength: ${formatNumber(ctx.stylize, value.byteLength, false)} }` };
    }
    braces[0] = `${prefix}{`;
    return { keys: ['byteLength', ...keys], braces, format: typedArray === undefined ? formatArrayBuffer : undefined };
  }
  if (native.isDataView(value)) {
    braces[0] = `${getPrefix(constructor, tag, 'DataView')}{`;
    return { keys: ['byteLength', 'byteOffset', 'buffer', ...keys], braces };
  }
  if (native.isPromise(value)) {
    braces[0] = `${getPrefix(constructor, tag, 'Promise')}{`;
    return { keys, braces, format: formatPromise };
  }
  if (native.isWeakSet(value) || native.isWeakMap(value)) {
    const isSet = native.isWeakSet(value);
    braces[0] = `${getPrefix(constructor, tag, isSet ? 'WeakSet' : 'WeakMap')}{`;
    const shown = isSet ? formatWeakSet : formatWeakMap;
    return { keys, braces, format: ctx.showHidden ? shown : (c) => [c.stylize('<items unknown>', 'special')] };
  }
  if (native.isModuleNamespaceObject(value)) {
    braces[0] = `${getPrefix(constructor, tag, 'Module')}{`;
    return { keys: [], braces, format: (c, v, d) => formatNamespace(c, v, d, keys) };
  }
  if (native.isBoxedPrimitive(value)) {
    const base = boxedBase(ctx, value, keys, constructor, tag);
    return empty(keys) ? { text: base } : { keys, braces, base };
  }
  if (empty(keys)) {
    if (native.isExternal(value)) return { text: ctx.stylize('[External]', 'special') };
    return { text: `${kindText(value, constructor, tag)}{}` };
  }
  braces[0] = `${kindText(value, constructor, tag)}{`;
  return { keys, braces };
}

const setSize = getOwnPropertyDescriptor(Set.prototype, 'size').get;
const mapSize = getOwnPropertyDescriptor(Map.prototype, 'size').get;

function functionBase(ctx, value, constructor, tag) {
  const source = Function.prototype.toString.call(value);
  if (source.startsWith('class') && source.endsWith('}')) {
    const body = source.slice(5, -1);
    const bracket = body.indexOf('{');
    if (bracket !== -1 && (!body.slice(0, bracket).includes('(') ||
                           /^(\s+[^(]*?)\s*{/.test(body.replace(/(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g, '')))) {
      return classBase(value, constructor, tag);
    }
  }
  let type = 'Function';
  if (native.isGeneratorFunction(value)) type = `Generator${type}`;
  if (native.isAsyncFunction(value)) type = `Async${type}`;
  let base = `[${type}`;
  if (constructor === null) base += ' (null prototype)';
  if (value.name === '') base += ' (anonymous)';
  else base += `: ${typeof value.name === 'string' ? value.name : formatValue(ctx, value.name, 0)}`;
  base += ']';
  if (constructor !== type && constructor !== null) base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function classBase(value, constructor, tag) {
  let base = `class ${(hasOwn(value, 'name') && value.name) || '(anonymous)'}`;
  if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  if (constructor !== null) {
    const parent = getPrototypeOf(value).name;
    if (parent) base += ` extends ${parent}`;
  } else {
    base += ' extends [null prototype]';
  }
  return `[${base}]`;
}

function boxedBase(ctx, value, keys, constructor, tag) {
  let type;
  if (native.isNumberObject(value)) type = 'Number';
  else if (native.isStringObject(value)) {
    type = 'String';
    keys.splice(0, value.length); // The characters are keys too.
  } else if (native.isBooleanObject(value)) type = 'Boolean';
  else if (native.isBigIntObject(value)) type = 'BigInt';
  else type = 'Symbol';
  let base = `[${type}`;
  if (type !== constructor) base += constructor === null ? ' (null prototype)' : ` (${constructor})`;
  base += `: ${formatPrimitive(plain, globalThis[type].prototype.valueOf.call(value), ctx)}]`;
  if (tag !== '' && tag !== constructor) base += ` [${tag}]`;
  return keys.length !== 0 || ctx.stylize === plain ? base : ctx.stylize(base, type.toLowerCase());
}

const escapeTest = /[\x00-\x1f\x27\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const escapeAll = new RegExp(escapeTest.source, 'g');
const escapeTestSingle = /[\x00-\x1f\x5c\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const escapeAllSingle = new RegExp(escapeTestSingle.source, 'g');
const short = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\', "'": "\\'" };

function escape(char) {
  if (short[char] !== undefined) return short[char];
  const code = char.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}` : `\\u${code.toString(16)}`;
}

/** `text` as a literal, in the quotes that need the fewest escapes. */
export function quote(text) {
  let mark = "'";
  if (text.includes("'")) {
    if (!text.includes('"')) mark = '"';
    else if (!text.includes('`') && !text.includes('${')) mark = '`';
  }
  const test = mark === "'" ? escapeTest : escapeTestSingle;
  if (test.test(text)) text = text.replace(mark === "'" ? escapeAll : escapeAllSingle, escape);
  return `${mark}${text}${mark}`;
}

function separated(digits) { return digits.replace(/\B(?=(\d{3})+$)/g, '_'); }

export function formatNumber(stylize, number, separator) {
  if (Object.is(number, -0)) return stylize('-0', 'number');
  const text = `${number}`;
  if (!separator || !Number.isFinite(number) || text.includes('e')) return stylize(text, 'number');
  const [whole, fraction] = text.split('.');
  return stylize(fraction === undefined ? separated(whole) : `${separated(whole)}.${fraction.replace(/(\d{3})(?=\d)/g, '$1_')}`, 'number');
}

export function formatBigInt(stylize, value, separator) {
  return stylize(`${separator ? separated(`${value}`) : value}n`, 'bigint');
}

function formatPrimitive(stylize, value, ctx) {
  switch (typeof value) {
    case 'string': {
      let trailer = '';
      if (value.length > ctx.maxStringLength) {
        const remaining = value.length - ctx.maxStringLength;
        value = value.slice(0, ctx.maxStringLength);
        trailer = `... ${remaining} more character${remaining > 1 ? 's' : ''}`;
      }
      if (ctx.compact !== true && value.length > 16 && value.length > ctx.breakLength - ctx.indentationLvl - 4) {
        return value.split(/(?<=\n)/).map((line) => stylize(quote(line), 'string')).join(` +\n${' '.repeat(ctx.indentationLvl + 2)}`) + trailer;
      }
      return stylize(quote(value), 'string') + trailer;
    }
    case 'number': return formatNumber(stylize, value, ctx.numericSeparator);
    case 'bigint': return formatBigInt(stylize, value, ctx.numericSeparator);
    case 'boolean': return stylize(`${value}`, 'boolean');
    case 'undefined': return stylize('undefined', 'undefined');
    default: return stylize(Symbol.prototype.toString.call(value), 'symbol');
  }
}

function formatProxy(ctx, proxy, depth) {
  if (depth > ctx.depth && ctx.depth !== null) return ctx.stylize('Proxy [Array]', 'special');
  depth++;
  ctx.indentationLvl += 2;
  const output = [formatValue(ctx, proxy[0], depth), formatValue(ctx, proxy[1], depth)];
  ctx.indentationLvl -= 2;
  return reduceToSingleString(ctx, output, '', ['Proxy [', ']'], ARRAY_EXTRAS, depth);
}

function formatArray(ctx, value, depth) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  const output = [];
  for (let i = 0; i < shown; i++) {
    if (!hasOwn(value, i)) return formatSparse(ctx, value, depth, shown, output, i);
    output.push(formatProperty(ctx, value, depth, i, ARRAY));
  }
  if (value.length > shown) output.push(remainingText(value.length - shown));
  return output;
}

function formatSparse(ctx, value, depth, max, output, i) {
  const keys = Object.keys(value);
  let index = i;
  const hole = (count) => ctx.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
  for (; i < keys.length && output.length < max; i++) {
    const key = keys[i];
    if (+key > 2 ** 32 - 2) break;
    if (`${index}` !== key) {
      if (!indexRegExp.test(key)) break;
      output.push(hole(key - index));
      index = +key;
      if (output.length === max) break;
    }
    output.push(formatProperty(ctx, value, depth, key, ARRAY));
    index++;
  }
  const remaining = value.length - index;
  if (remaining > 0) output.push(output.length !== max ? hole(remaining) : remainingText(remaining));
  return output;
}

function formatTypedArray(ctx, value, _depth) {
  const shown = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
  const format = value.length > 0 && typeof value[0] === 'bigint' ? formatBigInt : formatNumber;
  const output = [];
  for (let i = 0; i < shown; i++) output.push(format(ctx.stylize, value[i], ctx.numericSeparator));
  if (value.length > shown) output.push(remainingText(value.length - shown));
  return output;
}

function formatArrayBuffer(ctx, value) {
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  let text = '';
  const shown = Math.min(ctx.maxArrayLength, bytes.length);
  for (let i = 0; i < shown; i++) text += `${i === 0 ? '' : ' '}${bytes[i].toString(16).padStart(2, '0')}`;
  const remaining = bytes.length - shown;
  if (remaining > 0) text += ` ... ${remaining} more byte${remaining > 1 ? 's' : ''}`;
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}>`];
}

function formatSet(ctx, value, depth) {
  return formatEntries(ctx, Set.prototype.values.call(value), setSize.call(value), depth);
}

function formatEntries(ctx, values, size, depth) {
  const max = Math.min(Math.max(0, ctx.maxArrayLength), size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const each of values) {
    if (output.length >= max) break;
    output.push(formatValue(ctx, each, depth));
  }
  if (size > max) output.push(remainingText(size - max));
  ctx.indentationLvl -= 2;
  return output;
}

function formatMap(ctx, value, depth) {
  const size = mapSize.call(value);
  const max = Math.min(Math.max(0, ctx.maxArrayLength), size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const [key, each] of Map.prototype.entries.call(value)) {
    if (output.length >= max) break;
    output.push(`${formatValue(ctx, key, depth)} => ${formatValue(ctx, each, depth)}`);
  }
  if (size > max) output.push(remainingText(size - max));
  ctx.indentationLvl -= 2;
  return output;
}

function formatWeakSet(ctx, value, depth) {
  const [entries] = native.previewEntries(value);
  return formatEntries(ctx, entries, entries.length, depth);
}

function formatPairs(ctx, entries, depth, form) {
  const count = entries.length / 2;
  const max = Math.min(Math.max(0, ctx.maxArrayLength), count);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < max; i++) {
    output.push(form([formatValue(ctx, entries[i * 2], depth), formatValue(ctx, entries[i * 2 + 1], depth)]));
  }
  ctx.indentationLvl -= 2;
  if (count > max) output.push(remainingText(count - max));
  return output;
}

function formatWeakMap(ctx, value, depth) {
  return formatPairs(ctx, native.previewEntries(value)[0], depth, ([key, each]) => `${key} => ${each}`);
}

function formatIterator(ctx, value, depth, braces) {
  const [entries, keyed] = native.previewEntries(value);
  if (!keyed) return formatEntries(ctx, entries, entries.length, depth);
  braces[0] = braces[0].replace(/ Iterator] {$/, ' Entries] {');
  return formatPairs(ctx, entries, depth, (pair) => reduceToSingleString(ctx, pair, '', ['[', ']'], ARRAY_EXTRAS, depth));
}

function formatPromise(ctx, value, depth) {
  const [state, result] = native.promiseDetails(value);
  if (state === 0) return [ctx.stylize('<pending>', 'special')];
  ctx.indentationLvl += 2;
  const text = formatValue(ctx, result, depth);
  ctx.indentationLvl -= 2;
  return [state === 2 ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

function formatNamespace(ctx, value, depth, keys) {
  return keys.map((key) => {
    try {
      return formatProperty(ctx, value, depth, key, OBJECT);
    } catch {
      return `${keyText(ctx, key)}: ${ctx.stylize('<uninitialized>', 'special')}`;
    }
  });
}

function keyText(ctx, key, descriptor = { enumerable: true }) {
  if (typeof key === 'symbol') return `[${ctx.stylize(Symbol.prototype.toString.call(key).replace(escapeAll, escape), 'symbol')}]`;
  if (key === '__proto__') return "['__proto__']";
  if (descriptor.enumerable === false) return `[${key.replace(escapeAll, escape)}]`;
  return keyRegExp.test(key) ? ctx.stylize(key, 'name') : ctx.stylize(quote(key), 'string');
}

function formatProperty(ctx, value, depth, key, kind, descriptor, original = value) {
  let text;
  let extra = ' ';
  descriptor ??= getOwnPropertyDescriptor(value, key) ?? { value: value[key], configurable: true, enumerable: true };
  if (descriptor.value !== undefined) {
    const indent = ctx.compact !== true || kind !== OBJECT ? 2 : 3;
    ctx.indentationLvl += indent;
    text = formatValue(ctx, descriptor.value, depth);
    if (indent === 3 && ctx.breakLength < text.length) extra = `\n${' '.repeat(ctx.indentationLvl)}`;
    ctx.indentationLvl -= indent;
  } else if (descriptor.get !== undefined) {
    const label = descriptor.set !== undefined ? 'Getter/Setter' : 'Getter';
    const style = 'special';
    if (ctx.getters && (ctx.getters === true || (ctx.getters === 'get' && descriptor.set === undefined) ||
                        (ctx.getters === 'set' && descriptor.set !== undefined))) {
      try {
        const result = descriptor.get.call(original);
        ctx.indentationLvl += 2;
        if (result === null) text = `${ctx.stylize(`[${label}:`, style)} ${ctx.stylize('null', 'null')}${ctx.stylize(']', style)}`;
        else if (typeof result === 'object') text = `${ctx.stylize(`[${label}]`, style)} ${formatValue(ctx, result, depth)}`;
        else text = `${ctx.stylize(`[${label}:`, style)} ${formatPrimitive(ctx.stylize, result, ctx)}${ctx.stylize(']', style)}`;
        ctx.indentationLvl -= 2;
      } catch (error) {
        text = ctx.stylize(`[${label}: <Inspection threw (${error.message})>]`, style);
      }
    } else {
      text = ctx.stylize(`[${label}]`, style);
    }
  } else if (descriptor.set !== undefined) {
    text = ctx.stylize('[Setter]', 'special');
  } else {
    text = ctx.stylize('undefined', 'undefined');
  }
  return kind === ARRAY ? text : `${keyText(ctx, key, descriptor)}:${extra}${text}`;
}
