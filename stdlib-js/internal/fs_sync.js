// The synchronous half of node:fs. Each function is one native call wherever that is enough.
import * as native from 'internal:fs';
import { Buffer } from '../node_old/buffer.js';
import * as assets from './fs_assets.js';
import {
  encodeName, parseFlags, toBits, toFd, toLength, toMode, toOptions, toOwner, toPath, toPosition, toReadRange, toSeconds,
  toText, toViews, toWriteRange,
} from './fs_arguments.js';
import { fsError, isDirectoryError } from './fs_errors.js';
import { kValidateObjectAllowNullable, validateBuffer, validateEncoding, validateObject } from './validators.js';
import { Dirent, direntType, makeStats } from './fs_stats.js';
import { isRestored } from './restore.js';
import { ERR_FS_EISDIR, ERR_INVALID_ARG_TYPE } from './errors.js';

const ENOENT = -2;
const ENOTDIR = -20;

// Filled by the native call; a Stats copies what it needs. None is kept in a snapshot: V8 has
// written its bytes twice there, and the address of them.
let statNumbers;
function numbers() {
  if (statNumbers !== undefined) return statNumbers;
  const fresh = new Float64Array(18);
  if (isRestored()) statNumbers = fresh;
  return fresh;
}

function statAny(path, options, follow, syscall) {
  path = toPath(path);
  const asset = assets.findOnly(path);
  if (asset) return makeStats(assets.statNumbers(asset), options?.bigint);
  const values = numbers();
  const rc = native.statInto(path, follow, values);
  if (rc === 0) return makeStats(values, options?.bigint);
  if (options?.throwIfNoEntry === false && (rc === ENOENT || (follow && rc === ENOTDIR))) return undefined;
  throw fsError(rc, syscall, path);
}

export function statSync(path, options) { return statAny(path, options, true, 'stat'); }
export function lstatSync(path, options) { return statAny(path, options, false, 'lstat'); }
export function fstatSync(fd, options) { return makeStats(native.fstat(toFd(fd)), options?.bigint); }

export function statfsSync(path, options) {
  path = toPath(path);
  return makeStatfs(native.statfs(assets.findOnly(path) ? '/' : path), options?.bigint);
}

export function makeStatfs(n, bigint) {
  const names = ['type', 'bsize', 'blocks', 'bfree', 'bavail', 'files', 'ffree'];
  const result = {};
  for (let i = 0; i < names.length; i++) result[names[i]] = bigint ? BigInt(n[i]) : n[i];
  return result;
}

export function existsSync(path) {
  try {
    path = toPath(path);
  } catch {
    return false;
  }
  return assets.find(path) !== undefined || native.exists(path);
}

export function accessSync(path, mode) {
  path = toPath(path);
  mode = toBits(mode);
  const asset = assets.findOnly(path);
  if (asset) assets.access(asset, mode, path);
  else native.access(path, mode);
}

export function openSync(path, flags = 'r', mode) {
  path = toPath(path);
  flags = parseFlags(flags);
  mode = toMode(mode, 0o666);
  return assets.open(path, flags) ?? native.open(path, flags, mode);
}

export function closeSync(fd) { native.close(toFd(fd)); }

export function readSync(fd, view, offset, length, position) {
  fd = toFd(fd);
  validateBuffer(view);
  if (arguments.length <= 3 || typeof offset === 'object') {
    if (offset !== undefined) validateObject(offset, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = view.byteLength - offset, position } = offset ?? {});
  }
  [offset, length, position] = toReadRange(view, offset, length, position);
  return length === 0 ? 0 : native.read(fd, view, offset, length, position);
}

/** The bytes of a string that write() is given. */
export function encodeText(text, encoding) {
  if (typeof text !== 'string') throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], text);
  validateEncoding(text, encoding);
  return Buffer.from(text, typeof encoding === 'string' ? encoding : 'utf8');
}

export function writeSync(fd, data, offset, length, position) {
  fd = toFd(fd);
  if (!ArrayBuffer.isView(data)) {
    const bytes = encodeText(data, length);
    return native.write(fd, bytes, 0, bytes.length, toPosition(offset));
  }
  if (typeof offset === 'object') ({ offset, length, position } = offset ?? {});
  [offset, length, position] = toWriteRange(data, offset, length, position);
  return native.write(fd, data, offset, length, position);
}

export function readvSync(fd, views, position) { return native.readv(toFd(fd), toViews(views), toPosition(position)); }
export function writevSync(fd, views, position) {
  if (toViews(views).length === 0) return 0;
  return native.writev(toFd(fd), views, toPosition(position));
}

const decodings = { 'utf8': 1, 'utf-8': 1, 'latin1': 2, 'binary': 2 };

export function readFileSync(path, options) {
  options = toOptions(options, { flag: 'r' });
  const { encoding } = options;
  if (typeof path !== 'number') {
    path = toPath(path);
    const asset = assets.find(path);
    if (asset) return decode(assets.read(asset, path), encoding);
  } else {
    path = toFd(path);
  }
  const as = encoding ? decodings[encoding] ?? 0 : 0;
  const result = native.readFile(path, parseFlags(options.flag), as);
  return as === 0 ? decode(result, encoding) : result;
}

/** An ArrayBuffer's bytes as a Buffer, or as text when there is an encoding. */
export function decode(arrayBuffer, encoding) {
  const buffer = Buffer.from(arrayBuffer);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

/** What can be written: bytes, or text in the options' encoding. */
export function encode(data, encoding) {
  if (typeof data === 'string') {
    return encoding && encoding !== 'utf8' && encoding !== 'utf-8' ? Buffer.from(data, encoding) : data;
  }
  if (ArrayBuffer.isView(data)) return data;
  throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

export function writeFileSync(path, data, options) {
  options = toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  data = encode(data, options.encoding);
  if (typeof path === 'number') {
    native.writeFile(toFd(path), data, 0, 0);
    return;
  }
  path = toPath(path);
  const flags = parseFlags(options.flag);
  const mode = toMode(options.mode, 0o666);
  if (assets.findToOpen(path, flags)) throw assets.readOnlyError('open', path);
  native.writeFile(path, data, flags, mode);
}

export function appendFileSync(path, data, options) {
  writeFileSync(path, data, toOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'a' }));
}

/** The result of readdir from the native [name, type, …]. */
export function entries(list, path, options) {
  const result = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = encodeName(list[i], options.encoding);
    if (!options.withFileTypes) {
      result.push(name);
      continue;
    }
    let type = list[i + 1];
    if (type === native.UV_DIRENT_UNKNOWN) type = direntType(lstatSync(`${path}/${list[i]}`));
    result.push(new Dirent(name, type, path));
  }
  return result;
}

export function readdirSync(path, options) {
  options = toOptions(options, { encoding: 'utf8', withFileTypes: false });
  path = toPath(path);
  if (options.recursive) return readdirRecursive(path, options);
  const asset = assets.find(path);
  return entries(asset ? assets.list(asset, path) : native.scandir(path), path, options);
}

function readdirRecursive(top, options) {
  const result = [];
  const queue = [''];
  while (queue.length > 0) {
    const folder = queue.shift();
    const full = folder === '' ? top : `${top}/${folder}`;
    for (const entry of readdirSync(full, { withFileTypes: true })) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
      result.push(options.withFileTypes ? entry : encodeName(relative, options.encoding));
      if (entry.isDirectory()) queue.push(relative);
    }
  }
  return result;
}

export function mkdirSync(path, options) {
  path = toPath(path);
  const mode = toMode(typeof options === 'object' && options !== null ? options.mode : options, 0o777);
  if (!options?.recursive) {
    assets.refuseNew('mkdir', path);
    native.mkdir(path, mode);
    return undefined;
  }
  const missing = [];
  let at = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  for (;;) {
    const stats = statSync(at, { throwIfNoEntry: false });
    if (stats?.isDirectory()) break;
    if (stats) {
      throw fsError(missing.length === 0 ? -17 : ENOTDIR, 'mkdir', path);
    }
    missing.push(at);
    const slash = at.lastIndexOf('/');
    if (slash < 0) break;
    at = slash === 0 ? '/' : at.slice(0, slash).replace(/\/+$/, '') || '/';
  }
  for (let i = missing.length - 1; i >= 0; i--) {
    assets.refuseNew('mkdir', missing[i]);
    try {
      native.mkdir(missing[i], mode);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (error.code !== 'EEXIST' || !statSync(missing[i]).isDirectory()) throw error;
    }
  }
  return missing.length > 0 ? missing[missing.length - 1] : undefined;
}

export function mkdtempSync(prefix, options) {
  const template = `${toPath(prefix, 'prefix')}XXXXXX`;
  assets.refuseNew('mkdtemp', template);
  return encodeName(native.mkdtemp(template), toOptions(options, {}).encoding);
}

export function rmdirSync(path) { native.rmdir(toChangeable(path, 'rmdir')); }
export function unlinkSync(path) { native.unlink(toChangeable(path, 'unlink')); }

export function rmSync(path, options) {
  path = toChangeable(path, 'rm');
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) {
    if (options?.force) return;
    throw fsError(ENOENT, 'lstat', path);
  }
  if (!stats.isDirectory()) {
    native.unlink(path);
    return;
  }
  if (!options?.recursive) throw isDirectoryError(path);
  removeTree(path);
}

function removeTree(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const full = `${path}/${entry.name}`;
    if (entry.isDirectory()) removeTree(full);
    else native.unlink(full);
  }
  native.rmdir(path);
}

export function renameSync(from, to) {
  from = toPath(from, 'oldPath');
  to = toPath(to, 'newPath');
  assets.refuseChange('rename', from, to);
  assets.refuseTarget('rename', from, to);
  native.rename(from, to);
}

export function copyFileSync(from, to, mode) {
  from = toPath(from, 'src');
  to = toPath(to, 'dest');
  mode = toBits(mode);
  assets.refuseTarget('copyfile', from, to);
  const asset = assets.findOnly(from);
  if (!asset) return native.copyFile(from, to, mode);
  const exclusive = mode & native.COPYFILE_EXCL ? native.O_EXCL : 0;
  native.writeFile(to, new Uint8Array(assets.read(asset, from)),
                   native.O_WRONLY | native.O_CREAT | native.O_TRUNC | exclusive, 0o666);
}

export function cpSync(from, to, options = {}) {
  from = toPath(from, 'src');
  to = toPath(to, 'dest');
  if (options.filter && !options.filter(from, to)) return;
  const stats = options.dereference ? statSync(from) : lstatSync(from);
  if (stats.isDirectory()) {
    if (!options.recursive) throw new ERR_FS_EISDIR(`Recursive option not enabled, cannot copy a directory: ${from}`);
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) cpSync(`${from}/${name}`, `${to}/${name}`, options);
  } else if (stats.isSymbolicLink()) {
    if (options.force !== false) rmSync(to, { force: true });
    symlinkSync(readlinkSync(from), to);
  } else {
    const there = lstatSync(to, { throwIfNoEntry: false });
    if (there && options.force === false) {
      if (options.errorOnExist) throw fsError(-17, 'cp', to);
      return;
    }
    if (!there) {
      const slash = to.lastIndexOf('/');
      if (slash > 0) mkdirSync(to.slice(0, slash), { recursive: true });
    }
    copyFileSync(from, to, options.mode);
    if (options.preserveTimestamps) utimesSync(to, stats.atime, stats.mtime);
  }
}

export function linkSync(from, to) {
  from = toPath(from, 'existingPath');
  to = toPath(to, 'newPath');
  assets.refuseChange('link', from, to);
  assets.refuseNew('link', to, [from, to]);
  native.link(from, to);
}
export function symlinkSync(target, path) {
  target = toText(target, 'target');
  path = toPath(path);
  assets.refuseNew('symlink', path, [target, path]);
  native.symlink(target, path);
}
export function readlinkSync(path, options) {
  path = toPath(path);
  assets.refuseReadlink(path);
  return encodeName(native.readlink(path), toOptions(options, {}).encoding);
}

function realpathNative(path, options) {
  path = toPath(path);
  const asset = assets.find(path);
  return encodeName(asset ? asset.path : native.realpath(path), toOptions(options, {}).encoding);
}
/** Where it fails, the error is that of the lstat which found nothing. */
export function realpathSync(path, options) {
  try {
    return realpathNative(path, options);
  } catch (error) {
    if (error.syscall !== 'realpath') throw error;
    throw fsError(error.errno, 'lstat', firstMissing(error.path));
  }
}
realpathSync.native = realpathNative;

/** The shortest beginning of an absolute `path` that lstat does not find. */
export function firstMissing(path) {
  path = require('../node_old/path.js').default.resolve(path);
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    if (native.statInto(path.slice(0, slash), true, numbers()) !== 0) return path.slice(0, slash);
  }
  return path;
}

/** `path` as a string; throws for a change of what is embedded there. */
export function toChangeable(path, syscall) {
  path = toPath(path);
  assets.refuseChange(syscall, path);
  return path;
}

export function chmodSync(path, mode) { native.chmod(toChangeable(path, 'chmod'), toMode(mode)); }
export function fchmodSync(fd, mode) { native.fchmod(toFd(fd), toMode(mode)); }
export function chownSync(path, uid, gid) { native.chown(toChangeable(path, 'chown'), ...toOwner(uid, gid)); }
export function lchownSync(path, uid, gid) { native.lchown(toChangeable(path, 'lchown'), ...toOwner(uid, gid)); }
export function fchownSync(fd, uid, gid) { native.fchown(toFd(fd), ...toOwner(uid, gid)); }
export function utimesSync(path, atime, mtime) {
  native.utimes(toChangeable(path, 'utime'), toSeconds(atime), toSeconds(mtime));
}
export function lutimesSync(path, atime, mtime) {
  native.lutimes(toChangeable(path, 'lutime'), toSeconds(atime), toSeconds(mtime));
}
export function futimesSync(fd, atime, mtime) {
  native.futimes(toFd(fd), toSeconds(atime, 'atime'), toSeconds(mtime, 'mtime'));
}
export function ftruncateSync(fd, length = 0) { native.ftruncate(toFd(fd), toLength(length)); }
export function truncateSync(path, length = 0) {
  length = toLength(length);
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, length);
  } finally {
    native.close(fd);
  }
}
export function fsyncSync(fd) { native.fsync(toFd(fd)); }
export function fdatasyncSync(fd) { native.fdatasync(toFd(fd)); }
