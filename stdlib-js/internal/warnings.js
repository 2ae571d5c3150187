// process.emitWarning and the default printing of warnings.
import { ERR_INVALID_ARG_TYPE } from './errors.js';

function print(warning) {
  const code = warning.code ? `[${warning.code}] ` : '';
  const text = `${warning.name}: ${warning.message}`;
  process.stderr.write(`(node:${process.pid}) ${code}${text}\n${warning.detail ? `${warning.detail}\n` : ''}`);
}

/** emitWarning(warning[, type[, code[, caller]]]) or (warning, {type, code, detail, ctor}). */
export function emitWarning(warning, type, code, caller) {
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ({ ctor: caller, code, detail } = type);
    type = type.type;
  } else if (typeof type === 'function') {
    caller = type;
    code = undefined;
    type = undefined;
  }
  if (typeof code === 'function') {
    caller = code;
    code = undefined;
  }
  type ||= 'Warning';
  if (typeof type !== 'string') throw new ERR_INVALID_ARG_TYPE('type', 'string', type);
  if (code !== undefined && typeof code !== 'string') throw new ERR_INVALID_ARG_TYPE('code', 'string', code);
  if (typeof warning === 'string') {
    const error = new Error(warning);
    error.name = type;
    if (code !== undefined) error.code = code;
    if (typeof detail === 'string') error.detail = detail;
    Error.captureStackTrace(error, caller || process.emitWarning);
    warning = error;
  } else if (!(warning instanceof Error)) {
    throw new ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  }
  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => { throw warning; });
      return;
    }
  }
  process.nextTick(() => {
    print(warning);
    process.emit('warning', warning);
  });
}
