// What the functions of node:fs have in common about their arguments.
import * as native from 'internal:fs';
import { Buffer } from '../node_old/buffer.js';
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, makeError } from './errors.js';
import { processState } from './process.js';
import { parseFileMode, validateBuffer, validateFunction, validateInt32, validateInteger } from './validators.js';

const flagNames = {
  'r': native.O_RDONLY, 'rs': native.O_RDONLY | native.O_SYNC, 'sr': native.O_RDONLY | native.O_SYNC,
  'r+': native.O_RDWR, 'rs+': native.O_RDWR | native.O_SYNC, 'sr+': native.O_RDWR | native.O_SYNC,
  'w': native.O_TRUNC | native.O_CREAT | native.O_WRONLY,
  'wx': native.O_TRUNC | native.O_CREAT | native.O_WRONLY | native.O_EXCL,
  'xw': native.O_TRUNC | native.O_CREAT | native.O_WRONLY | native.O_EXCL,
  'w+': native.O_TRUNC | native.O_CREAT | native.O_RDWR,
  'wx+': native.O_TRUNC | native.O_CREAT | native.O_RDWR | native.O_EXCL,
  'xw+': native.O_TRUNC | native.O_CREAT | native.O_RDWR | native.O_EXCL,
  'a': native.O_APPEND | native.O_CREAT | native.O_WRONLY,
  'ax': native.O_APPEND | native.O_CREAT | native.O_WRONLY | native.O_EXCL,
  'xa': native.O_APPEND | native.O_CREAT | native.O_WRONLY | native.O_EXCL,
  'as': native.O_APPEND | native.O_CREAT | native.O_WRONLY | native.O_SYNC,
  'sa': native.O_APPEND | native.O_CREAT | native.O_WRONLY | native.O_SYNC,
  'a+': native.O_APPEND | native.O_CREAT | native.O_RDWR,
  'ax+': native.O_APPEND | native.O_CREAT | native.O_RDWR | native.O_EXCL,
  'xa+': native.O_APPEND | native.O_CREAT | native.O_RDWR | native.O_EXCL,
  'as+': native.O_APPEND | native.O_CREAT | native.O_RDWR | native.O_SYNC,
  'sa+': native.O_APPEND | native.O_CREAT | native.O_RDWR | native.O_SYNC,
};

/** open(2)'s flags from Node's letters or a number. */
export function parseFlags(flags, name = 'flags', fallback = native.O_RDONLY) {
  if (flags === undefined || flags === null) return fallback;
  if (typeof flags === 'number') {
    validateInteger(flags, name, -2147483648, 2147483647);
    return flags;
  }
  const found = Object.hasOwn(flagNames, flags) ? flagNames[flags] : undefined;
  if (found === undefined) throw new ERR_INVALID_ARG_VALUE(name, flags);
  return found;
}

/** A path as a string, from a string, a Buffer or a file: URL. One from an embedded current folder is made absolute. */
export function toPath(value, name) {
  const path = toText(value, name);
  return processState.cwd === undefined || path === '' || path[0] === '/' ? path : `${processState.cwd}/${path}`;
}

/** A path as it is written: what a symbolic link holds. */
export function toText(value, name = 'path') {
  if (typeof value !== 'string') {
    if (value instanceof Uint8Array) {
      value = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
    } else if (value !== null && typeof value === 'object' && typeof value.href === 'string' &&
               typeof value.protocol === 'string') {
      value = require('./file_url.js').fileURLToPath(value);
    } else {
      throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], value);
    }
  }
  if (value.includes('\0')) {
    throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a string, Uint8Array, or URL without null bytes');
  }
  return value;
}

/** A file descriptor, or a TypeError or RangeError. */
export function toFd(fd) {
  if (typeof fd !== 'number') throw new ERR_INVALID_ARG_TYPE('fd', 'number', fd);
  if (!Number.isInteger(fd)) throw new ERR_OUT_OF_RANGE('fd', 'an integer', fd);
  if (fd < 0 || fd > 2147483647) throw new ERR_OUT_OF_RANGE('fd', '>= 0 && <= 2147483647', fd);
  return fd | 0; // -0 too is descriptor 0.
}

/** [uid, gid] of a chown; -1 leaves one as it is. */
export function toOwner(uid, gid) {
  validateInteger(uid, 'uid', -1, 4294967295);
  validateInteger(gid, 'gid', -1, 4294967295);
  return [uid, gid];
}

/** A file's new length. */
export function toLength(length) {
  validateInteger(length, 'len');
  return Math.max(0, length);
}

/** The bits of access(2) or copyFile: 0 to 7. */
export function toBits(bits) {
  if (bits === undefined || bits === null) return 0;
  if (typeof bits !== 'number') throw makeError(TypeError, 'ERR_INVALID_ARG_TYPE', 'mode must be int32 or null/undefined', toBits);
  if (!Number.isFinite(bits)) throw makeError(RangeError, 'ERR_OUT_OF_RANGE', 'mode is out of range', toBits);
  if (bits <= -1 || bits >= 8) throw makeError(RangeError, 'ERR_OUT_OF_RANGE', 'mode is out of range: >= 0 && <= 7', toBits);
  return bits | 0;
}

/** [offset, length, position] of a read into `view`; position -1 is the descriptor's own. */
export function toReadRange(view, offset, length, position) {
  validateBuffer(view);
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (position === undefined || position === null) position = -1;
  else validatePosition(position, length);
  if (length === 0) return [0, 0, position];
  if (view.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('buffer', view, 'is empty and cannot be written');
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (offset + length > view.byteLength) throw new ERR_OUT_OF_RANGE('length', `<= ${view.byteLength - offset}`, length);
  return [offset, length, position];
}

function validatePosition(position, length) {
  if (typeof position === 'number') {
    validateInteger(position, 'position', -1);
  } else if (typeof position === 'bigint') {
    const most = 2n ** 63n - 1n - BigInt(length);
    if (position < -1n || position > most) throw new ERR_OUT_OF_RANGE('position', `>= -1 && <= ${most}`, position);
  } else {
    throw new ERR_INVALID_ARG_TYPE('position', ['integer', 'bigint'], position);
  }
}

/** [offset, length, position] of a write from `view`; a position that is no safe integer is the descriptor's own. */
export function toWriteRange(view, offset, length, position) {
  if (offset === undefined || offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  if (typeof length !== 'number') length = view.byteLength - offset;
  if (offset > view.byteLength) throw new ERR_OUT_OF_RANGE('offset', `<= ${view.byteLength}`, offset);
  if (length > view.byteLength - offset) throw new ERR_OUT_OF_RANGE('length', `<= ${view.byteLength - offset}`, length);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  validateInt32(length, 'length', 0);
  return [offset, length, toPosition(position)];
}

/** Where a write or a vectored read begins: -1, the descriptor's own position, unless it is a safe integer. */
export function toPosition(position) { return Number.isSafeInteger(position) ? Math.max(position, -1) : -1; }

/** A list of views for readv and writev. */
export function toViews(views) {
  if (!Array.isArray(views) || !views.every((view) => ArrayBuffer.isView(view))) {
    throw new ERR_INVALID_ARG_TYPE('buffers', 'ArrayBufferView[]', views);
  }
  return views;
}

/** Options given as an object, as an encoding, or not at all. */
export function toOptions(options, defaults) {
  if (options === null || options === undefined || typeof options === 'function') return defaults;
  if (typeof options === 'string') options = { encoding: options };
  if (typeof options !== 'object') throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  if (options.encoding !== undefined && options.encoding !== null && options.encoding !== 'buffer' &&
      !Buffer.isEncoding(options.encoding)) {
    throw new ERR_INVALID_ARG_VALUE('encoding', options.encoding, 'is invalid encoding');
  }
  return { ...defaults, ...options };
}

/** The last argument as a callback. */
export function toCallback(callback) {
  validateFunction(callback, 'cb');
  return callback;
}

export function toMode(mode, fallback, name = 'mode') {
  return parseFileMode(mode, name, fallback) | 0;
}

/** Seconds since the epoch, from a Date, a number or a numeric string. */
export function toSeconds(time, name = 'time') {
  if (typeof time === 'string' && +time == time) return +time;
  if (typeof time === 'number' && Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date) return time.getTime() / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

/** Names as Node gives them: strings, or Buffers when the encoding says so. */
export function encodeName(name, encoding) {
  if (encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8') return name;
  const buffer = Buffer.from(name);
  return encoding === 'buffer' ? buffer : buffer.toString(encoding);
}
