// The errors of node:fs that are made in JavaScript.
import { ERR_FS_EISDIR } from './errors.js';
import { getSystemErrorMessage, getSystemErrorName } from './uv_errors.js';

/** The Error of a failed system call: "ENOENT: no such file or directory, open 'x'". */
export function fsError(errno, syscall, path, dest) {
  const code = getSystemErrorName(errno);
  let text = `${code}: ${getSystemErrorMessage(errno)}, ${syscall}`;
  if (path !== undefined) text += ` '${path}'`;
  if (dest !== undefined) text += ` -> '${dest}'`;
  const error = new Error(text);
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  Error.captureStackTrace(error, fsError);
  return error;
}

/** What rm gives for a folder without `recursive`. */
export function isDirectoryError(path) {
  const error = new ERR_FS_EISDIR(`Path is a directory: rm returned EISDIR (is a directory) ${path}`);
  Object.defineProperty(error, 'name', { value: 'SystemError', configurable: true, writable: true });
  return Object.assign(error, {
    info: { code: 'EISDIR', message: 'is a directory', path, syscall: 'rm', errno: 21 }, errno: 21, syscall: 'rm', path,
  });
}
