// Embedded files (dv8pack --asset) as node:fs sees them: read-only, under the virtual root, over what a
// real folder of that path holds. An embedded file hides a real one. A real root is the disk's: it lists
// its own files, and new ones can be made in it. Embedded folders below it list both, and nothing is made there.
// A program without assets pays one test of a boolean.
import * as native from 'internal:assets';
import * as fs from 'internal:fs';
import { cwd } from 'internal:process';
import { fsError } from './fs_errors.js';
import { onRestore } from './restore.js';

const root = '/app';
const EROFS = -30;
const EEXIST = -17;
const EISDIR = -21;
const ENOTDIR = -20;
const EINVAL = -22;
const EACCES = -13;
let present = false;
onRestore(() => { present = native.count() > 0; });

/** `path` without "." , ".." and doubled slashes; it is absolute. */
function normalize(path) {
  if (!/\/\.{0,2}(?:\/|$)/.test(path)) return path;
  const out = [];
  for (const part of path.split('/')) {
    if (part === '..') out.pop();
    else if (part !== '' && part !== '.') out.push(part);
  }
  return `/${out.join('/')}`;
}

// The normalized absolute path of what may be embedded, or undefined.
function locate(path) {
  if (!present || path === '') return undefined;
  if (path[0] !== '/') {
    try {
      path = `${cwd()}/${path}`;
    } catch {
      return undefined; // The current folder was removed.
    }
  }
  path = normalize(path);
  return path === root || path.startsWith('/app/') ? path : undefined;
}

function isRealFolder(path) {
  const numbers = new Float64Array(18);
  return fs.statInto(path, true, numbers) === 0 && (numbers[1] & fs.S_IFMT) === fs.S_IFDIR;
}

/** The asset or folder of assets at `path`: {path, index, size} or {path, folder}; undefined when none is. */
export function find(path) {
  const at = locate(path);
  if (at === undefined) return undefined;
  const index = native.find(at);
  if (index >= 0) return /\/\.?$/.test(path) ? undefined : { path: at, index, size: native.size(index) };
  return native.isFolder(at) ? { path: at, folder: at } : undefined;
}

/** What find() gives when nothing real answers for it: a file, or a folder that is embedded only. */
export function findOnly(path) {
  const asset = find(path);
  return asset?.folder !== undefined && isRealFolder(asset.folder) ? undefined : asset;
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

export function readOnlyError(syscall, path, dest) { return fsError(EROFS, syscall, path, dest); }

/** access(2) of what findOnly() gave. */
export function access(asset, mode, path) {
  if (mode & fs.W_OK) throw readOnlyError('access', path);
  if (mode & fs.X_OK && !asset.folder) throw fsError(EACCES, 'access', path);
}

/** Throws for a call that would change what is embedded at `path`. */
export function refuseChange(syscall, path, dest) {
  if (present && find(path) !== undefined) throw readOnlyError(syscall, path, dest);
}

/** Throws for a call that would put something new at `path`. The names in the error are [path] or [from, to]. */
export function refuseNew(syscall, path, names = [path]) {
  const at = locate(path);
  if (at === undefined) return;
  if (native.find(at) >= 0 || native.isFolder(at)) throw fsError(EEXIST, syscall, ...names);
  const parent = at.slice(0, at.lastIndexOf('/'));
  if (native.isFolder(parent) && !(parent === root && isRealFolder(root))) throw readOnlyError(syscall, ...names);
}

/** Throws for a call that would replace or make what is at `to`, by something from `from`. */
export function refuseTarget(syscall, from, to) {
  if (!present) return;
  if (find(to) !== undefined) throw readOnlyError(syscall, from, to);
  refuseNew(syscall, to, [from, to]);
}

/** readlink(2): no asset is a symbolic link. */
export function refuseReadlink(path) {
  if (findOnly(path) !== undefined) throw fsError(EINVAL, 'readlink', path);
}

/** The asset's bytes as an ArrayBuffer of the caller's own. */
export function read(asset, path) {
  if (asset.folder) throw fsError(EISDIR, 'read', path);
  return native.read(asset.index);
}

/** The asset that an open(2) with these flags finds, after its checks; undefined when the disk has to answer. */
export function findToOpen(path, flags) {
  if (!present) return undefined;
  const asset = findOnly(path);
  if (asset === undefined) {
    if (flags & fs.O_CREAT && find(path) === undefined) refuseNew('open', path);
    return undefined;
  }
  if (flags & fs.O_CREAT && flags & fs.O_EXCL) throw fsError(EEXIST, 'open', path);
  if (asset.folder) throw fsError(EISDIR, 'open', path);
  if (flags & (fs.O_WRONLY | fs.O_RDWR | fs.O_TRUNC | fs.O_APPEND)) throw readOnlyError('open', path);
  return asset;
}

/** A file descriptor of the asset's bytes, or undefined. */
export function open(path, flags) {
  const asset = findToOpen(path, flags);
  return asset && native.open(asset.index);
}

/** [name, type, …] of a folder of assets and of the real folder under it, sorted. */
export function list(asset, path) {
  if (!asset.folder) throw fsError(ENOTDIR, 'scandir', path);
  const entries = new Map();
  if (isRealFolder(asset.folder)) {
    const real = fs.scandir(asset.folder);
    if (asset.folder === root) return real;
    for (let i = 0; i < real.length; i += 2) entries.set(real[i], real[i + 1]);
  }
  for (const name of native.list(asset.folder)) {
    const folder = name.endsWith('/');
    entries.set(folder ? name.slice(0, -1) : name, folder ? fs.UV_DIRENT_DIR : fs.UV_DIRENT_FILE);
  }
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).flat();
}
