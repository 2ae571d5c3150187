// node:fs.
import * as native from 'internal:fs';
import { Buffer } from './buffer.js';
import * as async from '../internal/fs_async.js';
import * as sync from '../internal/fs_sync.js';
import { Dir } from '../internal/fs_dir.js';
import { fsError } from '../internal/fs_errors.js';
import {
  toBits, toCallback, toFd, toLength, toMode, toOwner, toPath, toReadRange, toViews, toWriteRange,
} from '../internal/fs_arguments.js';
import { BigIntStats, Dirent, Stats } from '../internal/fs_stats.js';
import { readStream, writeStream } from '../internal/fs_stream_classes.js';
import { kValidateObjectAllowNullable, validateObject } from '../internal/validators.js';
import promises from './fs_promises.js';

const constants = Object.fromEntries(Object.entries(native).filter(([, value]) => typeof value === 'number'));

const pathNames = {
  __proto__: null, copyFile: 'src', cp: 'src', link: 'existingPath', mkdtemp: 'prefix', rename: 'oldPath', symlink: 'target',
};

function pass(callback, value) {
  if (value === undefined) callback(null);
  else callback(null, value);
}

// Whose first argument is a descriptor; or a path or a descriptor.
const ofDescriptor = new Set(['close', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync', 'ftruncate', 'futimes', 'readv', 'writev']);
const ofBoth = new Set(['appendFile', 'readFile', 'writeFile']);

// What is wrong with the arguments behind the first is thrown at once, too.
const owner = ([, uid, gid]) => toOwner(uid, gid);
const mode = ([, bits]) => toMode(bits);
const length = ([, size]) => size === undefined || toLength(size);
const checks = {
  __proto__: null, access: ([, bits]) => toBits(bits), chmod: mode, chown: owner, copyFile: ([, , bits]) => toBits(bits),
  fchmod: mode, fchown: owner, ftruncate: length, lchown: owner, truncate: length,
};

/** fn(...args, callback) from a function that gives a promise. A wrong argument throws at once. */
function withCallback(name, fn, adapt = pass) {
  const wrapped = function (...args) {
    // Arguments left undefined may stand before the callback, not after it.
    const callback = toCallback(typeof args.at(-1) === 'function' || args.length >= fn.length + 1 ? args.pop() : undefined);
    if (ofDescriptor.has(name)) toFd(args[0]);
    else if (!ofBoth.has(name) || !Number.isInteger(args[0] = args[0]?.fd ?? args[0])) toPath(args[0], pathNames[name]);
    checks[name]?.(args);
    fn(...args).then(
      // Out of the promise: what the callback throws is an uncaught error, not a rejection.
      (value) => process.nextTick(adapt, callback, value),
      (error) => process.nextTick(callback, error),
    );
  };
  Object.defineProperty(wrapped, 'name', { value: name });
  return wrapped;
}

const fs = {
  ...sync,
  constants,
  F_OK: constants.F_OK,
  R_OK: constants.R_OK,
  W_OK: constants.W_OK,
  X_OK: constants.X_OK,
  BigIntStats,
  Dir,
  Dirent,
  Stats,
  promises,
  /** Never fails: false when the path cannot be looked at. */
  exists(path, callback) {
    toCallback(callback);
    const found = sync.existsSync(path);
    process.nextTick(callback, found);
  },
  opendirSync(path, options) {
    path = toPath(path);
    try {
      return new Dir(path, sync.readdirSync(path, { ...options, withFileTypes: true }));
    } catch (error) {
      throw error.syscall === 'scandir' ? fsError(error.errno, 'opendir', path) : error;
    }
  },
  createReadStream(path, options) { return new (readStream())(path, options); },
  createWriteStream(path, options) { return new (writeStream())(path, options); },
  watch(path, options, listener) { return require('../internal/fs_watch.js').watch(path, options, listener); },
  watchFile(path, options, listener) { return require('../internal/fs_watch.js').watchFile(path, options, listener); },
  unwatchFile(path, listener) { require('../internal/fs_watch.js').unwatchFile(path, listener); },
  get ReadStream() { return readStream(); },
  get WriteStream() { return writeStream(); },
};
delete fs.decode;
delete fs.encode;
delete fs.encodeText;
delete fs.entries;
delete fs.firstMissing;
delete fs.makeStatfs;
delete fs.toChangeable;

for (const name of [
  'access', 'appendFile', 'chmod', 'chown', 'close', 'copyFile', 'cp', 'fchmod', 'fchown', 'fdatasync', 'fstat', 'fsync',
  'ftruncate', 'futimes', 'lchown', 'link', 'lstat', 'lutimes', 'mkdir', 'mkdtemp', 'open', 'readFile', 'readdir',
  'readlink', 'realpath', 'rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate', 'unlink', 'utimes',
  'writeFile',
]) {
  fs[name] = withCallback(name, async[name]);
}
fs.realpath.native = withCallback('realpath', async.realpathNative);
fs.opendir = withCallback('opendir', promises.opendir);

// These give the buffer back beside the count.
fs.read = function read(fd, ...args) {
  fd = toFd(fd);
  const callback = args.pop();
  let [buffer, offset, length, position] = args;
  if (args.length <= 2) {
    let options = offset;
    if (args.length < 2 && !ArrayBuffer.isView(buffer)) {
      options = buffer;
      ({ buffer = Buffer.alloc(16384) } = options ?? {});
    }
    if (options !== undefined || args.length === 2) validateObject(options, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer?.byteLength - offset, position } = options ?? {});
  }
  [offset, length, position] = toReadRange(buffer, offset, length, position);
  toCallback(callback);
  async.read(fd, buffer, offset, length, position).then(
    (got) => process.nextTick(callback, null, got, buffer), (error) => process.nextTick(callback, error));
};
fs.write = function write(fd, buffer, ...args) {
  const callback = toCallback(args.pop());
  let [offset, length, position] = args;
  fd = toFd(fd);
  if (!ArrayBuffer.isView(buffer)) {
    sync.encodeText(buffer, length);
  } else {
    if (typeof offset === 'object') ({ offset, length, position } = offset ?? {});
    [offset, length, position] = toWriteRange(buffer, offset, length, position);
  }
  async.write(fd, buffer, offset, length, position).then(
    (written) => process.nextTick(callback, null, written, buffer), (error) => process.nextTick(callback, error));
};
for (const name of ['readv', 'writev']) {
  fs[name] = function (fd, views, position, callback) {
    callback = toCallback(callback ?? position);
    async[name](toFd(fd), toViews(views), position).then(
      (count) => process.nextTick(callback, null, count, views), (error) => process.nextTick(callback, error));
  };
}

export default fs;
