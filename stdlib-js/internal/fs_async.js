// The asynchronous half of node:fs: `call(name, ...)` gives a promise, the callback functions
// are made from the promises' own bodies.
import * as native from 'internal:fs';
import { Buffer } from '../node_old/buffer.js';
import * as assets from './fs_assets.js';
import {
  encodeName, parseFlags, toBits, toFd, toLength, toMode, toOptions, toOwner, toPath, toPosition, toReadRange, toSeconds,
  toText, toViews, toWriteRange,
} from './fs_arguments.js';
import { Dirent, direntType, makeStats } from './fs_stats.js';
import { decode, encode, encodeText, firstMissing, makeStatfs, toChangeable } from './fs_sync.js';
import { AbortError } from './errors.js';
import { fsError, isDirectoryError } from './fs_errors.js';

/** The most that one read or write moves; Linux itself stops 4 KiB below it. */
export const MOST_AT_ONCE = 2147483647;

/** A native function as a promise. */
export function call(fn, ...args) {
  return new Promise((resolve, reject) => {
    fn(...args, (error, value) => {
      if (error) {
        // The frame that failed is on the pool: the promise's own stack says who asked.
        Error.captureStackTrace(error);
        reject(error);
      } else {
        resolve(value);
      }
    });
  });
}

async function statAny(path, options, fn) {
  path = toPath(path);
  const asset = assets.findOnly(path);
  const numbers = asset ? assets.statNumbers(asset) : await call(fn, path);
  return makeStats(numbers, options?.bigint);
}
export async function stat(path, options) {
  try {
    return await statAny(path, options, native.stat);
  } catch (error) {
    if (options?.throwIfNoEntry === false && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    throw error;
  }
}
export function lstat(path, options) { return statAny(path, options, native.lstat); }
export async function fstat(fd, options) { return makeStats(await call(native.fstat, toFd(fd)), options?.bigint); }
export async function statfs(path, options) {
  path = toPath(path);
  return makeStatfs(await call(native.statfs, assets.findOnly(path) ? '/' : path), options?.bigint);
}

export async function access(path, mode) {
  path = toPath(path);
  mode = toBits(mode);
  const asset = assets.findOnly(path);
  return asset ? assets.access(asset, mode, path) : call(native.access, path, mode);
}

export async function open(path, flags = 'r', mode) {
  path = toPath(path);
  flags = parseFlags(flags);
  mode = toMode(mode, 0o666);
  return assets.open(path, flags) ?? call(native.open, path, flags, mode);
}
export async function close(fd) { return call(native.close, toFd(fd)); }

export async function read(fd, view, offset, length, position) {
  fd = toFd(fd);
  [offset, length, position] = toReadRange(view, offset, length, position);
  return length === 0 ? 0 : call(native.read, fd, view, offset, length, position);
}
export async function write(fd, data, offset, length, position) {
  fd = toFd(fd);
  if (!ArrayBuffer.isView(data)) {
    const bytes = encodeText(data, length);
    return call(native.write, fd, bytes, 0, bytes.length, toPosition(offset));
  }
  [offset, length, position] = toWriteRange(data, offset, length, position);
  return call(native.write, fd, data, offset, length, position);
}
export async function readv(fd, views, position) {
  return call(native.readv, toFd(fd), toViews(views), toPosition(position));
}
export async function writev(fd, views, position) {
  if (toViews(views).length === 0) return 0;
  return call(native.writev, toFd(fd), views, toPosition(position));
}

function checkAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

async function readToEnd(fd, signal) {
  const size = (await call(native.fstat, fd))[8];
  const chunks = [];
  let total = 0;
  for (;;) {
    checkAborted(signal);
    const chunk = Buffer.allocUnsafeSlow(Math.max(size - total + 1, 65536));
    const got = await call(native.read, fd, chunk, 0, chunk.length, -1);
    if (got === 0) break;
    chunks.push(got === chunk.length ? chunk : chunk.subarray(0, got));
    total += got;
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, total);
}

export async function readFile(path, options) {
  options = toOptions(options, { flag: 'r' });
  const { encoding, signal } = options;
  checkAborted(signal);
  const asText = (buffer) => (encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer);
  const opened = typeof path === 'number' ? path : path?.fd;
  if (typeof opened === 'number') return asText(await readToEnd(toFd(opened), signal));
  path = toPath(path);
  const asset = assets.find(path);
  if (asset) return decode(assets.read(asset, path), encoding);
  const fd = await call(native.open, path, parseFlags(options.flag), 0o666);
  try {
    return asText(await readToEnd(fd, signal));
  } finally {
    await call(native.close, fd);
  }
}

async function writeAll(fd, data, signal) {
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let offset = 0;
  while (offset < bytes.byteLength) {
    checkAborted(signal);
    offset += await call(native.write, fd, bytes, offset, Math.min(bytes.byteLength - offset, MOST_AT_ONCE), -1);
  }
}

export async function writeFile(path, data, options) {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  const { signal } = options;
  checkAborted(signal);
  const parts = typeof data !== 'string' && !ArrayBuffer.isView(data) &&
    (data?.[Symbol.asyncIterator] || data?.[Symbol.iterator]) ? data : [encode(data, options.encoding)];
  const opened = typeof path === 'number' ? path : path?.fd;
  const fd = typeof opened === 'number' ? toFd(opened) : await open(path, options.flag, options.mode);
  try {
    for await (const part of parts) await writeAll(fd, encode(part, options.encoding), signal);
    if (options.flush) await call(native.fsync, fd);
  } finally {
    if (typeof opened !== 'number') await call(native.close, fd);
  }
}
export function appendFile(path, data, options) {
  return writeFile(path, data, toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' }));
}

export async function readdir(path, options) {
  options = toOptions(options, { encoding: 'utf8', withFileTypes: false });
  const top = toPath(path);
  const result = [];
  const queue = [''];
  while (queue.length > 0) {
    const folder = queue.shift();
    const full = folder === '' ? top : `${top}/${folder}`;
    const asset = assets.find(full);
    const list = asset ? assets.list(asset, full) : await call(native.scandir, full);
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i];
      const relative = folder === '' ? name : `${folder}/${name}`;
      let type = list[i + 1];
      if (type === native.UV_DIRENT_UNKNOWN && (options.withFileTypes || options.recursive)) {
        type = direntType(await lstat(`${full}/${name}`));
      }
      result.push(options.withFileTypes ? new Dirent(encodeName(name, options.encoding), type, full)
        : encodeName(relative, options.encoding));
      if (options.recursive && type === native.UV_DIRENT_DIR) queue.push(relative);
    }
  }
  return result;
}

export async function mkdir(path, options) {
  path = toPath(path);
  const mode = toMode(typeof options === 'object' && options !== null ? options.mode : options, 0o777);
  if (!options?.recursive) {
    assets.refuseNew('mkdir', path);
    return call(native.mkdir, path, mode);
  }
  const make = async (at) => {
    if (assets.find(at)?.folder !== undefined) return undefined;
    assets.refuseNew('mkdir', at);
    try {
      await call(native.mkdir, at, mode);
      return at;
    } catch (error) {
      if (error.code === 'ENOENT') {
        const parent = at.replace(/\/+[^/]*\/*$/, '') || '/';
        if (parent === at) throw error;
        const first = await make(parent);
        return await make(at) === undefined ? first : first ?? at;
      }
      if (error.code === 'EEXIST' || error.code === 'EISDIR') {
        if ((await stat(at)).isDirectory()) return undefined;
      }
      throw error;
    }
  };
  return make(path);
}
export async function mkdtemp(prefix, options) {
  const template = `${toPath(prefix, 'prefix')}XXXXXX`;
  assets.refuseNew('mkdtemp', template);
  return encodeName(await call(native.mkdtemp, template), toOptions(options, {}).encoding);
}
export async function rmdir(path) { return call(native.rmdir, toChangeable(path, 'rmdir')); }
export async function unlink(path) { return call(native.unlink, toChangeable(path, 'unlink')); }

export async function rm(path, options) {
  path = toChangeable(path, 'rm');
  let stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (options?.force && error.code === 'ENOENT') return;
    throw error;
  }
  if (!stats.isDirectory()) return call(native.unlink, path);
  if (!options?.recursive) throw isDirectoryError(path);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const full = `${path}/${entry.name}`;
    await (entry.isDirectory() ? rm(full, { recursive: true }) : call(native.unlink, full));
  }
  return call(native.rmdir, path);
}

export async function rename(from, to) {
  from = toPath(from, 'oldPath');
  to = toPath(to, 'newPath');
  assets.refuseChange('rename', from, to);
  assets.refuseTarget('rename', from, to);
  return call(native.rename, from, to);
}
export async function copyFile(from, to, mode) {
  from = toPath(from, 'src');
  mode = toBits(mode);
  to = toPath(to, 'dest');
  if (assets.findOnly(from)) return require('./fs_sync.js').copyFileSync(from, to, mode);
  assets.refuseTarget('copyfile', from, to);
  return call(native.copyFile, from, to, mode);
}
export async function cp(from, to, options) { require('./fs_sync.js').cpSync(from, to, options); }
export async function link(from, to) {
  from = toPath(from, 'existingPath');
  to = toPath(to, 'newPath');
  assets.refuseChange('link', from, to);
  assets.refuseNew('link', to, [from, to]);
  return call(native.link, from, to);
}
export async function symlink(target, path) {
  target = toText(target, 'target');
  path = toPath(path);
  assets.refuseNew('symlink', path, [target, path]);
  return call(native.symlink, target, path);
}
export async function readlink(path, options) {
  path = toPath(path);
  assets.refuseReadlink(path);
  return encodeName(await call(native.readlink, path), toOptions(options, {}).encoding);
}
export async function realpath(path, options) {
  try {
    return await realpathNative(path, options);
  } catch (error) {
    if (error.syscall !== 'realpath') throw error;
    throw fsError(error.errno, 'lstat', firstMissing(error.path));
  }
}
export async function realpathNative(path, options) {
  path = toPath(path);
  const asset = assets.find(path);
  const real = asset ? asset.path : await call(native.realpath, path);
  return encodeName(real, toOptions(options, {}).encoding);
}
export async function chmod(path, mode) { return call(native.chmod, toChangeable(path, 'chmod'), toMode(mode)); }
export async function fchmod(fd, mode) { return call(native.fchmod, toFd(fd), toMode(mode)); }
export async function chown(path, uid, gid) { return call(native.chown, toChangeable(path, 'chown'), ...toOwner(uid, gid)); }
export async function lchown(path, uid, gid) { return call(native.lchown, toChangeable(path, 'lchown'), ...toOwner(uid, gid)); }
export async function fchown(fd, uid, gid) { return call(native.fchown, toFd(fd), ...toOwner(uid, gid)); }
export async function utimes(path, atime, mtime) {
  return call(native.utimes, toChangeable(path, 'utime'), toSeconds(atime), toSeconds(mtime));
}
export async function lutimes(path, atime, mtime) {
  return call(native.lutimes, toChangeable(path, 'lutime'), toSeconds(atime, 'atime'), toSeconds(mtime, 'mtime'));
}
export async function futimes(fd, atime, mtime) {
  return call(native.futimes, toFd(fd), toSeconds(atime, 'atime'), toSeconds(mtime, 'mtime'));
}
export async function ftruncate(fd, length = 0) { return call(native.ftruncate, toFd(fd), toLength(length)); }
export async function truncate(path, length = 0) {
  length = toLength(length);
  const fd = await open(path, 'r+');
  try {
    await ftruncate(fd, length);
  } finally {
    await close(fd);
  }
}
export async function fsync(fd) { return call(native.fsync, toFd(fd)); }
export async function fdatasync(fd) { return call(native.fdatasync, toFd(fd)); }
