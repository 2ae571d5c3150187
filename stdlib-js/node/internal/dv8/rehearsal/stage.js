// What stands for the system while programs are rehearsed (runtime/core/snapshot.cc): bindings whose handles, files
// and processes are memory of this context. No descriptor is opened, no clock and no environment is read, and what a
// system would answer later is answered by settle(). It runs before the library's bootstrap.
'use strict';

// Names that a program makes are in the snapshot for good (V8 has them in its read-only space): none may tell of this
// machine's clock or environment.
globalThis.Date = class extends Date {
  static now() { return 0; }
  constructor(...args) { super(...(args.length > 0 ? args : [0])); }
};

process.env = {};

const real = internalBinding;
const later = [];
const hooks = {};

/** Runs what is due, until nothing is: ticks, microtasks, answers of the system, immediates, timers of 1 ms. */
function settle() {
  const { immediateInfo } = real('timers');
  for (;;) {
    process._tickCallback();
    if (later.length > 0) later.shift()();
    else if (immediateInfo[0] > 0) hooks.processImmediate();
    else break;
  }
}

function elapse() {
  hooks.processTimers(1);
  settle();
}

const { JSStream } = real('js_stream');
const streamWrap = real('stream_wrap');
const { streamBaseState } = streamWrap;
const listening = new Map();

/** A socket of a pair, which a native StreamBase reads from as from any other: parsers can consume it. */
class Handle extends JSStream {
  closed = false;
  reading = false;
  inbox = [];
  peer;

  isClosing() { return this.closed; }
  onreadstart() {
    this.reading = true;
    this.deliver();
    return 0;
  }
  onreadstop() {
    this.reading = false;
    return 0;
  }
  onshutdown(request) {
    this.peer?.take(null);
    later.push(() => { this.finishShutdown(request, 0); });
    return 0;
  }

  take(bytes) {
    this.inbox.push(bytes);
    this.deliver();
  }
  deliver() {
    later.push(() => {
      while (this.reading && !this.closed && this.inbox.length > 0) {
        const bytes = this.inbox.shift();
        if (bytes === null) this.emitEOF();
        else this.readBuffer(bytes);
      }
    });
  }

  // The system takes what is written at once.
  #write(bytes) {
    streamBaseState[streamWrap.kBytesWritten] = bytes.length;
    streamBaseState[streamWrap.kLastWriteWasAsync] = 0;
    this.peer?.take(bytes);
    return 0;
  }
  writeBuffer(request, bytes) { return this.#write(bytes); }
  writeUtf8String(request, text) { return this.#write(Buffer.from(text)); }
  writeLatin1String(request, text) { return this.#write(Buffer.from(text, 'latin1')); }
  writeAsciiString(request, text) { return this.#write(Buffer.from(text, 'latin1')); }
  writev(request, chunks, allBuffers) {
    const buffers = [];
    if (allBuffers) buffers.push(...chunks);
    else for (let i = 0; i < chunks.length; i += 2) buffers.push(Buffer.from(chunks[i], chunks[i + 1]));
    return this.#write(Buffer.concat(buffers));
  }

  bind(address, port) {
    this.port = port;
    return 0;
  }
  bind6(address, port) { return this.bind(address, port); }
  listen() {
    listening.set(this.port, this);
    return 0;
  }
  connect(request, address, port) {
    const server = listening.get(port);
    const peer = this.peer = new this.constructor();
    peer.peer = this;
    later.push(() => {
      server.onconnection(0, peer);
      request.oncomplete(0, this, request, true, true);
    });
    return 0;
  }
  connect6(request, address, port) { return this.connect(request, address, port); }
  close(callback) {
    if (this.closed) return;
    this.closed = true;
    if (listening.get(this.port) === this) listening.delete(this.port);
    later.push(() => { callback?.call(this); });
  }
  reset(callback) {
    this.close(callback);
    return 0;
  }

  open() { return 0; }
  getsockname(out) { return Object.assign(out, { address: '127.0.0.1', family: 'IPv4', port: 1 }) && 0; }
  getpeername(out) { return this.getsockname(out); }
  setBlocking() { return 0; }
  setKeepAlive() { return 0; }
  setNoDelay() { return 0; }
  setSimultaneousAccepts() { return 0; }
  setPendingInstances() {}
  getWindowSize(size) {
    size[0] = size[1] = 80;
    return 0;
  }
  setRawMode() { return 0; }
  ref() {}
  unref() {}
  hasRef() { return !this.closed; }
}

class TCP extends Handle {}
class Pipe extends Handle {}
class TTY extends Handle {}

/** A child that ends at once and says nothing. */
class Process extends Handle {
  pid = 1;
  spawn(file, args, folder, environment, stdio) {
    for (const { handle } of stdio) handle?.take(null);
    later.push(() => { this.onexit(0, ''); });
    return 0;
  }
  kill() { return 0; }
}

const { FSReqCallback, kUsePromises } = real('fs');
const CONTENT = 'rehearsal\n';
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

function stat(path) {
  const values = new Float64Array(18);
  const isDirectory = `${path}`.endsWith('/');
  values[1] = isDirectory ? DIRECTORY : REGULAR;
  values[8] = isDirectory ? 0 : CONTENT.length;
  return values;
}

const files = {
  access() {},
  close() {},
  existsSync: () => true,
  fstat: stat,
  ftruncate() {},
  lstat: stat,
  mkdir() {},
  mkdtemp: (prefix) => `${prefix}rehearsal`,
  open: () => 3,
  openFileHandle: () => new FileHandle(),
  read(fd, buffer, offset, length, position) {
    const isAtEnd = positions.delete(fd) || position > 0;
    if (isAtEnd) return 0;
    if (position === -1) positions.add(fd);
    return Buffer.from(buffer.buffer, buffer.byteOffset + offset, length).write(CONTENT);
  },
  readdir: (path, encoding, withTypes) => (withTypes ? [['a'], [1]] : ['a']),
  readFileUtf8: () => CONTENT,
  rename() {},
  rmdir() {},
  rmSync() {},
  stat,
  unlink() {},
  writeBuffer: (fd, buffer, offset, length) => length,
  writeBuffers: (fd, chunks) => chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  writeFileUtf8() {},
  writeString: (fd, text) => text.length,
};
const positions = new Set(); // Descriptors that have been read to their end.

class FileHandle {
  fd = 3;
  close() { return Promise.resolve(); }
  getAsyncId() { return 0; }
  releaseFD() { return this.fd; }
}

/** The three ways of a file's function: at once, by a request, by a promise. */
function answered(call) {
  return (...args) => {
    const request = args.find((argument) => argument === kUsePromises || argument instanceof FSReqCallback);
    if (request === undefined) return call(...args);
    if (request === kUsePromises) return Promise.resolve(call(...args));
    later.push(() => {
      const result = call(...args);
      if (result === undefined) request.oncomplete(null);
      else request.oncomplete(null, result);
    });
    return undefined;
  };
}

/** A compressor that answers as from a thread, without one. */
function asynchronous(Native) {
  return class extends Native {
    init(...args) {
      this.done = args.find((argument) => typeof argument === 'function');
      return super.init(...args);
    }
    write(...args) {
      this.writeSync(...args);
      later.push(() => { this.done(); });
    }
  };
}

const TYPES = [4, 4, 3]; // Of standard input, output and error, in guessHandleType()'s numbers: pipes and a file.
const building = [1];

const replaced = {
  __proto__: null,
  cares_wrap: () => ({
    getaddrinfo(request) {
      later.push(() => { request.oncomplete(null, ['127.0.0.1']); });
      return 0;
    },
  }),
  credentials: () => ({ safeGetenv() {} }),
  fs() {
    const own = {};
    for (const name of Object.keys(files)) own[name] = answered(files[name]);
    return own;
  },
  mksnapshot: () => ({ isBuildingSnapshotBuffer: building }),
  pipe_wrap: () => ({ Pipe }),
  process_wrap: () => ({ Process }),
  tcp_wrap: () => ({ TCP }),
  timers: ({ setupTimers }) => ({
    setupTimers(processImmediate, processTimers) {
      Object.assign(hooks, { processImmediate, processTimers });
      setupTimers(processImmediate, processTimers);
    },
  }),
  tty_wrap: () => ({ TTY, isTTY: () => true }),
  util: () => ({ guessHandleType: (fd) => TYPES[fd] ?? 5 }),
  zlib: ({ Zlib }) => ({ Zlib: asynchronous(Zlib) }),
};

const bindings = { __proto__: null };

/** In place of the runtime's. */
exports.internalBinding = function internalBinding(name) {
  if (!(name in replaced)) return real(name);
  if (bindings[name] === undefined) {
    const binding = real(name);
    bindings[name] = Object.create(binding, Object.getOwnPropertyDescriptors(replaced[name](binding)));
  }
  return bindings[name];
};

/** The program starts: what asks whether a snapshot is made is told that none is. */
exports.start = () => { building[0] = 0; };
exports.settle = settle;
exports.elapse = elapse;
