// node:path, POSIX flavour by path-browserify (an earlier lib/path.js of Node's as a package),
// with today's argument checks.
import npm from 'path-browserify';
import { validateObject, validateString } from '../internal/validators.js';

const posix = {
  sep: '/',
  delimiter: ':',
  /** An absolute path from `paths`, the last first; the working directory is under them. */
  resolve(...paths) {
    for (let i = paths.length - 1; i >= 0; i--) {
      validateString(paths[i], `paths[${i}]`);
      // What is before an absolute path does not count.
      if (paths[i].charCodeAt(0) === 47) break;
    }
    return Reflect.apply(npm.resolve, npm, paths.map((part) => (typeof part === 'string' ? part : '')));
  },
  normalize(path) {
    validateString(path, 'path');
    return npm.normalize(path);
  },
  isAbsolute(path) {
    validateString(path, 'path');
    return path.charCodeAt(0) === 47;
  },
  join(...paths) {
    for (const path of paths) validateString(path, 'path');
    return Reflect.apply(npm.join, npm, paths);
  },
  relative(from, to) {
    validateString(from, 'from');
    validateString(to, 'to');
    return npm.relative(from, to);
  },
  /** Only Windows has namespaced paths. */
  toNamespacedPath: (path) => path,
  dirname(path) {
    validateString(path, 'path');
    return npm.dirname(path);
  },
  basename(path, suffix) {
    if (suffix !== undefined) validateString(suffix, 'suffix');
    validateString(path, 'path');
    return npm.basename(path, suffix);
  },
  extname(path) {
    validateString(path, 'path');
    return npm.extname(path);
  },
  format(parts) {
    validateObject(parts, 'pathObject');
    const { dir, root = '', base, name = '', ext = '' } = parts;
    const file = base || `${name}${ext && ext[0] !== '.' ? `.${ext}` : ext}`;
    const folder = dir || root;
    if (!folder) return file;
    return folder === root ? `${folder}${file}` : `${folder}/${file}`;
  },
  parse(path) {
    validateString(path, 'path');
    return npm.parse(path);
  },
};
posix.posix = posix;
// A program that runs on Linux only has no other file names.
posix.win32 = posix;
posix._makeLong = posix.toNamespacedPath;

export default posix;
