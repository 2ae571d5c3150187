// dv8:assets: the files that dv8pack --asset put into this executable. They are read-only and
// have absolute virtual paths under /app; node:fs reads them by the same paths.
import * as native from 'internal:assets';
import { decode } from 'internal:buffer';

const UTF8 = 0;

function find(path) {
  if (typeof path !== 'string') throw Object.assign(new TypeError('the path of an asset must be a string'), { code: 'ERR_INVALID_ARG_TYPE' });
  const index = native.count() > 0 ? native.find(path.startsWith('/') ? path : `/app/${path.replace(/^\.\//, '')}`) : -1;
  if (index >= 0) return index;
  const error = new Error(`ENOENT: no such asset, open '${path}'`);
  throw Object.assign(error, { code: 'ENOENT', errno: -2, syscall: 'open', path });
}

/** Virtual paths of all assets, sorted. */
export function list() {
  return Array.from({ length: native.count() }, (_, i) => i).filter(native.isUsers).map((i) => native.path(i));
}

/** Whether there is a file at `path`; a relative one is taken from /app. */
export function has(path) { return native.count() > 0 && native.find(path.startsWith('/') ? path : `/app/${path.replace(/^\.\//, '')}`) >= 0; }

/** The bytes of an asset: a Uint8Array of the caller's own. */
export function bytes(path) { return new Uint8Array(native.read(find(path))); }

/** The text of an asset in UTF-8. */
export function text(path) {
  const all = bytes(path);
  return decode(all, 0, all.length, UTF8).replace(/^\ufeff/, '');
}

/** Size in bytes. */
export function size(path) { return native.size(find(path)); }

export default { list, has, bytes, text, size };
