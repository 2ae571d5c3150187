// console. One string goes out as it is; whatever needs util.inspect brings it in then.
import { ERR_CONSOLE_WRITABLE_STREAM, ERR_INVALID_ARG_TYPE, isStackOverflowError } from './errors.js';
import { theProcess } from './process.js';

function noop() {}

// Streams may fail late; console never throws because of them, as in Node.
function write(stream, text, ignoreErrors) {
  if (!ignoreErrors) {
    stream.write(text);
    return;
  }
  if (stream.listenerCount?.('error') === 0) {
    stream.once('error', noop);
    try {
      // A late failure is reported in the next tick: the listener stays for it.
      stream.write(text, () => stream.removeListener('error', noop));
    } catch (error) {
      if (isStackOverflowError(error)) throw error;
      stream.removeListener('error', noop);
    }
    return;
  }
  try {
    stream.write(text);
  } catch (error) {
    if (isStackOverflowError(error)) throw error;
  }
}

const colorOptions = { colors: true };
const plainOptions = {};

/** The text of arguments for which inspect() need not be evaluated; undefined for others. */
function textOfPrimitives(args) {
  let text = '';
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (i > 0) text += ' ';
    switch (typeof arg) {
      case 'string':
        if (i === 0 && args.length > 1 && arg.includes('%')) return undefined;
        text += arg;
        break;
      case 'number': text += Object.is(arg, -0) ? '-0' : arg; break;
      case 'bigint': text += `${arg}n`; break;
      case 'boolean': case 'undefined': text += arg; break;
      default:
        if (arg !== null) return undefined;
        text += 'null';
    }
  }
  return text;
}

class State {
  constructor(stdout, stderr, { ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation = 2 }) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.ignoreErrors = ignoreErrors;
    this.colorMode = colorMode;
    this.inspectOptions = inspectOptions;
    this.step = ' '.repeat(groupIndentation);
    this.indent = '';
    this.counts = new Map();
    this.times = new Map();
    this.quiet = stdout === theProcess.stdout;
  }

  options(stream) {
    if (this.inspectOptions) return this.inspectOptions;
    let color = this.colorMode;
    if (color === 'auto') {
      color = stream.isTTY && (typeof stream.getColorDepth !== 'function' || stream.getColorDepth() > 2);
    }
    return color ? colorOptions : plainOptions;
  }

  format(stream, args) {
    if (args.length === 1 && typeof args[0] === 'string') return args[0];
    const options = this.options(stream);
    const text = options === plainOptions ? textOfPrimitives(args) : undefined;
    return text ?? require('./format.js').formatWithOptions(options, ...args);
  }

  print(stream, args) { this.printText(stream, this.format(stream, args)); }

  printText(stream, text) {
    if (this.indent !== '') text = this.indent + text.replaceAll('\n', `\n${this.indent}`);
    text += '\n';
    // The standard descriptors need no listener to be quiet.
    if (this.quiet && this.ignoreErrors && stream.printQuietly !== undefined) stream.printQuietly(text);
    else write(stream, text, this.ignoreErrors);
  }
}

const methods = {
  log(state, args) { state.print(state.stdout, args); },
  warn(state, args) { state.print(state.stderr, args); },
  assert(state, [value, ...args]) {
    if (value) return;
    if (typeof args[0] === 'string') args[0] = `Assertion failed: ${args[0]}`;
    else args.unshift('Assertion failed');
    state.print(state.stderr, args);
  },
  clear(state) {
    if (state.stdout.isTTY && theProcess.env.TERM !== 'dumb') {
      state.stdout.cursorTo(0, 0);
      state.stdout.clearScreenDown();
    }
  },
  count(state, [label = 'default']) {
    label = `${label}`;
    const count = (state.counts.get(label) ?? 0) + 1;
    state.counts.set(label, count);
    state.printText(state.stdout, `${label}: ${count}`);
  },
  countReset(state, [label = 'default']) {
    if (!state.counts.delete(`${label}`)) theProcess.emitWarning(`Count for '${label}' does not exist`);
  },
  dir(state, [object, options]) {
    const { inspect } = require('./inspect.js');
    state.printText(state.stdout, inspect(object, { customInspect: false, ...state.options(state.stdout), ...options }));
  },
  group(state, args) {
    if (args.length > 0) state.print(state.stdout, args);
    state.indent += state.step;
  },
  groupEnd(state) { state.indent = state.indent.slice(0, state.indent.length - state.step.length); },
  time(state, [label = 'default']) {
    label = `${label}`;
    if (state.times.has(label)) theProcess.emitWarning(`Label '${label}' already exists for console.time()`);
    else state.times.set(label, theProcess.hrtime.bigint());
  },
  timeEnd(state, [label = 'default']) {
    if (printTime(state, 'timeEnd', `${label}`, [])) state.times.delete(`${label}`);
  },
  timeLog(state, [label = 'default', ...data]) { printTime(state, 'timeLog', `${label}`, data); },
  trace(state, args) {
    const error = { name: 'Trace', message: state.format(state.stderr, args) };
    Error.captureStackTrace(error, theConsole.trace);
    const text = error.stack.replace(/^Error/, 'Trace');
    // What a program has put in the place of error() gets it.
    if (theConsole.error === ownError) state.printText(state.stderr, text);
    else theConsole.error(text);
  },
  table(state, [data, columns]) {
    if (data === null || typeof data !== 'object') return state.print(state.stdout, [data]);
    if (columns !== undefined && !Array.isArray(columns)) throw new ERR_INVALID_ARG_TYPE('properties', 'Array', columns);
    state.printText(state.stdout, require('./console_table.js').table(data, columns));
  },
  timeStamp: noop,
  profile: noop,
  profileEnd: noop,
};
Object.assign(methods, {
  debug: methods.log, info: methods.log, dirxml: methods.log, error: methods.warn, groupCollapsed: methods.group,
});

function printTime(state, name, label, data) {
  const start = state.times.get(label);
  if (start === undefined) {
    theProcess.emitWarning(`No such label '${label}' for console.${name}()`);
    return false;
  }
  state.print(state.stdout, ['%s: %s', label, formatTime(Number(theProcess.hrtime.bigint() - start) / 1e6), ...data]);
  return true;
}

/** "1.234ms", "2.5s", "1:02.003 (m:ss.mmm)". */
export function formatTime(ms) {
  const pad = (value, size = 2) => `${value}`.padStart(size, '0');
  if (ms >= 3600000) {
    const minutes = Math.floor(ms / 60000) % 60;
    const seconds = Math.floor(ms / 1000) % 60;
    return `${Math.floor(ms / 3600000)}:${pad(minutes)}:${pad(seconds)} (h:mm:ss)`;
  }
  if (ms >= 60000) {
    const [seconds, fraction] = ((ms % 60000) / 1000).toFixed(3).split('.');
    return `${Math.floor(ms / 60000)}:${pad(seconds)}.${fraction} (m:ss.mmm)`;
  }
  if (ms >= 1000) return `${(ms / 1000).toFixed(3)}s`;
  return `${Number(ms.toFixed(3))}ms`;
}

function checkStream(stream, name) {
  if (typeof stream?.write !== 'function') throw new ERR_CONSOLE_WRITABLE_STREAM(name);
}

function install(target, state) {
  for (const name of Object.keys(methods)) {
    const method = methods[name];
    const bound = { [name]: (...args) => { method(state, args); } }[name];
    Object.defineProperty(target, name, { value: bound, writable: true, enumerable: true, configurable: true });
  }
  Object.defineProperty(target, '_stdout', { get: () => state.stdout, set(v) { state.stdout = v; }, configurable: true });
  Object.defineProperty(target, '_stderr', { get: () => state.stderr, set(v) { state.stderr = v; }, configurable: true });
}

/** node:console's class. */
export function Console(options, stderr, ignoreErrors = true) {
  if (new.target === undefined) return new Console(options, stderr, ignoreErrors);
  if (!options || typeof options.write === 'function') options = { stdout: options, stderr, ignoreErrors };
  checkStream(options.stdout, 'stdout');
  const error = options.stderr || options.stdout;
  checkStream(error, 'stderr');
  install(this, new State(options.stdout, error, options));
}

/** The global console. */
export const theConsole = Object.create({});
install(theConsole, new State(theProcess.stdout, theProcess.stderr, {}));
Object.defineProperties(theConsole, {
  Console: { value: Console, writable: true, configurable: true },
  [Symbol.toStringTag]: { value: 'console', configurable: true },
});
const ownError = theConsole.error;
Object.defineProperty(Console, Symbol.hasInstance, { value: (instance) => typeof instance?._stdout === 'object' && typeof instance.log === 'function' });
