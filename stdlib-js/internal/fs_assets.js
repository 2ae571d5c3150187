// Embedded files (dv8pack --asset) as node:fs sees them: read-only, under the virtual root.
// A program without assets pays one test of a boolean.
import * as native from 'internal:assets';
import * as fs from 'internal:fs';
import { fsError } from './fs_errors.js';
import { onRestore } from './restore.js';

const root = '/app/';
const EROFS = -30;
const EISDIR = -21;
const ENOTDIR = -20;
let present = false;
onRestore(() => { present = native.count() > 0; });

/** `path` without "." , ".." and doubled slashes; it is absolute. */
export function normalize(path) {
  if (!/\/\.{0,2}(\/|$)/.test(path.slice(1))) return path;
  const out = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}

/** The asset or folder of assets at `path`: {index, size} or {folder}; undefined when none is. */
export function find(path) {
  if (!present || !(path.startsWith(root) || path === '/app')) return undefined;
  path = normalize(path);
  const index = native.find(path);
  if (index >= 0) return { index, size: native.size(index) };
  return native.isFolder(path) ? { folder: path } : undefined;
}

/** The numbers of a stat: a file of mode 0444 or a folder of mode 0555, from the epoch. */
export function statNumbers(asset) {
  const n = new Float64Array(18);
  n[1] = asset.folder ? fs.S_IFDIR | 0o555 : fs.S_IFREG | 0o444;
  n[2] = 1;
  n[6] = 4096;
  n[7] = asset.folder ? 1 : asset.index + 2;
  n[8] = asset.folder ? 0 : asset.size;
  n[9] = Math.ceil(n[8] / 512);
  return n;
}

export function readOnlyError(syscall, path) { return fsError(EROFS, syscall, path); }

/** The asset's bytes as an ArrayBuffer of the caller's own. */
export function read(asset, path) {
  if (asset.folder) throw fsError(EISDIR, 'read', path);
  return native.read(asset.index);
}

/** A file descriptor of the asset's bytes. */
export function open(asset, flags, path) {
  if (flags & (fs.O_WRONLY | fs.O_RDWR | fs.O_TRUNC | fs.O_APPEND)) throw readOnlyError('open', path);
  if (asset.folder) throw fsError(EISDIR, 'open', path);
  return native.open(asset.index);
}

/** [name, type, …] of a folder of assets. */
export function list(asset, path) {
  if (!asset.folder) throw fsError(ENOTDIR, 'scandir', path);
  const names = native.list(asset.folder);
  const result = [];
  for (const name of names) {
    const folder = name.endsWith('/');
    result.push(folder ? name.slice(0, -1) : name, folder ? fs.UV_DIRENT_DIR : fs.UV_DIRENT_FILE);
  }
  return result;
}
