// Names and texts of libuv's error numbers on Linux.
import * as native from 'internal:errors';

let map;

/** Map of negative error number → [name, text]. */
export function getSystemErrorMap() {
  if (map === undefined) {
    map = new Map();
    const list = native.list();
    for (let i = 0; i < list.length; i += 3) map.set(list[i], [list[i + 1], list[i + 2]]);
  }
  return map;
}

/** "ENOENT" for -2. */
export function getSystemErrorName(errno) {
  return getSystemErrorMap().get(errno)?.[0] ?? `Unknown system error ${errno}`;
}

export function getSystemErrorMessage(errno) { return getSystemErrorMap().get(errno)?.[1]; }
