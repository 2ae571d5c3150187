/**
 * @module dv8:socket — TCP and UNIX domain sockets, both ends of them.
 *
 * Programs of all vintages of dv8 run with it. A server's onConnect callback gets the connection's
 * descriptor and may hand it to `setup(fd, in, out)` of a new Socket (v0.0.5); or it gives back a new Socket
 * that was `setup(in, out)` (v0.0.6). That is the connection then, and reads at once unless it was paused. A
 * callback without parameters that gives back no Socket refuses the connection, which is closed.
 *
 * In v0.0.4 one Socket serves all connections, each by its number: a server hands the descriptor to its own
 * `setup(fd, in, out)`. The calls are then `write(fd, offset, length)`, `writeText(fd, offset, text)`,
 * `pull(fd, offset, length)`, `push(fd, text, offset)`, `close(fd, reset)`, `pause(fd)`, `resume(fd)`,
 * `queueSize(fd)`, `setNoDelay(fd, on)`, `setKeepAlive(fd, on, seconds)`, `remoteAddress(fd)` and
 * `proxy(fd, fd)`, and the callbacks `onData(fd, length)`, `onEnd(fd)`, `onDrain(fd)`, `onWrite(fd, status)`,
 * `onError(fd, code)` and `onClose(fd)`. A client speaks so when its onData callback has not one parameter.
 *
 * @example
 * import { Socket, UNIX } from 'dv8:socket';
 * const path = '/tmp/dv8-socket-example.' + process.pid;
 * const make = () => {
 *   const socket = new Socket(UNIX);
 *   socket.memory = new Uint8Array(64);
 *   socket.setup(socket.memory, socket.memory);
 *   return socket;
 * };
 * const server = new Socket(UNIX);
 * server.onConnect(() => {
 *   const peer = make();
 *   peer.onRead((length) => peer.write(length)); // An echo.
 *   peer.onEnd(() => { peer.close(); server.close(); });
 *   return peer;
 * });
 * console.log(server.listen(path)); //> 0
 * const client = make();
 * client.onConnect(() => client.writeText('hello'));
 * client.onRead((length) => {
 *   console.log(new TextDecoder().decode(client.memory.subarray(0, length))); //> hello
 *   client.close();
 * });
 * client.connect(path);
 */
import {
  CLOSE, CONNECT, DRAIN, END, ERROR, READ, WRITE, Listener, UV_EALREADY, UV_EBADF, UV_EOF, UV_EAGAIN,
  closeFd, errorText,
} from 'internal:dv8_stream';
import { decode, encode } from 'internal:buffer';
import { checkRange } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { checkInteger } from '../internal/dv8_memory.js';
import { Stream, offered, uvError, views } from '../internal/dv8_stream.js';
import { namesDescriptor, speaksNumbers } from '../internal/dv8_vintages.js';

/** Kinds of socket. */
export const TCP = 0;
export const UNIX = 1;

const BACKLOG = 511;
const UTF8 = 0;

function checkPort(what, port) {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`${what}: port ${port} is not from 0 to 65535`);
  return port;
}

/** A socket: a server after listen(), a connection after connect() or when a server took it. */
export class Socket extends Stream {
  #type;
  #listener;
  #callbacks = { __proto__: null }; // By name, as the program gave them.
  #paused = false;
  #numbers; // Of v0.0.4: descriptor → connection, a Socket of its own or this one. Undefined in later vintages.
  #in;
  #out;

  /** @param {number} [type=TCP] - TCP or UNIX. */
  constructor(type = TCP) {
    if (type !== TCP && type !== UNIX) throw new RangeError(`Socket: type ${type} is neither TCP (0) nor UNIX (1)`);
    super();
    this.#type = type;
  }

  /**
   * Gives it its memory: `setup(in, out)`, or `setup(fd, in, out)` which also makes the descriptor of
   * a connection its own, and reads from it.
   * @returns {number} 0, or a negative libuv error.
   */
  setup(first, second, third) {
    if (typeof first !== 'number') {
      this.#setBuffers(...views(first, second ?? first));
      return 0;
    }
    checkInteger('setup: descriptor', first, 0, 2 ** 31 - 1);
    const memory = views(second, third ?? second);
    if (this.#listener !== undefined && speaksNumbers({ listens: true })) return this.#serve(first, memory);
    this.#setBuffers(...memory);
    if (speaksNumbers({ onData: this.#callbacks.onData })) this.#speakNumbers(first);
    // A client of v0.0.5 gets its own descriptor from onConnect.
    const rc = super.isOpen() && super.fd() === first ? 0 : super.openFd(first);
    if (rc === 0 && !this.#paused) super.resume();
    return rc;
  }

  #setBuffers(input, output) {
    this.#in = input ?? this.#in;
    this.#out = output ?? this.#out;
    super.setBuffers(input, output);
  }

  // A connection of a server of v0.0.4.
  #serve(fd, memory) {
    const peer = new Socket(this.#type);
    peer.#setBuffers(...memory);
    const tell = (name, ...args) => this.#callbacks[name]?.(fd, ...args);
    peer.onRead((length) => tell('onData', length));
    peer.onEnd(() => {
      tell('onEnd');
      peer.close();
    });
    peer.onDrain(() => tell('onDrain'));
    peer.onWrite((length, status) => tell('onWrite', status));
    peer.onError((code) => {
      tell('onError', code);
      peer.close(false);
    });
    peer.onClose(() => {
      this.#numbers.delete(fd);
      tell('onClose');
    });
    const rc = peer.openFd(fd);
    if (rc < 0) return rc;
    this.#numbers ??= new Map();
    this.#numbers.set(fd, peer);
    peer.resume();
    return 0;
  }

  // From here on this client is connection `fd`.
  #speakNumbers(fd) {
    this.#numbers ??= new Map();
    this.#numbers.set(fd, this);
    const tell = (name, ...args) => this.#callbacks[name]?.(fd, ...args);
    super.on(READ, this.#callbacks.onData && ((length) => tell('onData', length)));
    super.on(END, () => {
      tell('onEnd');
      this.#closeOwn(true);
    });
    super.on(DRAIN, () => tell('onDrain'));
    super.on(WRITE, (length, status) => tell('onWrite', status));
    super.on(ERROR, (code) => tell('onError', code));
    super.on(CLOSE, () => {
      this.#numbers.delete(fd);
      tell('onClose');
    });
  }

  // The connection that a call of v0.0.4 names.
  #numbered(fd) {
    const own = this.#numbers?.get(fd);
    if (own === undefined && super.isOpen() && super.fd() === fd) return this;
    return own;
  }

  /**
   * Waits for connections: `listen(ip, port)` for TCP (port 0: a free one), `listen(path)` for UNIX,
   * `listen(fd)` for a bound descriptor. Several processes may listen at one port.
   * @returns {number} 0, or a negative libuv error: UV_EALREADY when it listens.
   */
  listen(where, port) {
    if (this.#listener !== undefined) return UV_EALREADY;
    if (typeof where === 'number') checkInteger('listen: descriptor', where, 0, 2 ** 31 - 1);
    const listener = new Listener((connection) => { this.#accepted(connection); });
    const rc = typeof where === 'number' ? listener.listenFd(where, BACKLOG)
      : this.#type === UNIX ? listener.listenPipe(where, BACKLOG)
      : listener.listenTcp(where, checkPort('listen', port), BACKLOG);
    if (rc === 0) this.#listener = listener;
    return rc;
  }

  #accepted(connection) {
    const { onConnect } = this.#callbacks;
    if (connection === null) {
      this.#listener = undefined;
      this.#callbacks.onClose?.();
      return;
    }
    if (connection < 0) {
      this.#callbacks.onError?.(connection, errorText(connection));
      return;
    }
    if (onConnect === undefined) {
      closeFd(connection);
      return;
    }
    // A callback with a parameter may keep the descriptor for later.
    const mayKeep = onConnect.length > 0;
    let kept = false;
    offered.add(connection);
    try {
      const socket = onConnect(connection);
      if (socket instanceof Socket && !socket.isOpen()) socket.#adopt(connection);
      else kept = mayKeep;
    } finally {
      if (offered.delete(connection) && !kept) closeFd(connection);
    }
  }

  #adopt(connection) {
    const rc = super.openFd(connection);
    if (rc < 0) throw uvError(rc, 'accept');
    if (!this.#paused) super.resume();
  }

  /**
   * Binds a TCP socket that is to connect to a local address.
   * @returns {number} 0, or a negative libuv error.
   */
  bind(ip, port = 0) { return super.bind(ip, checkPort('bind', port)); }

  /**
   * Connects: `connect(ip, port)` for TCP, `connect(path)` for UNIX. onConnect or onError follows.
   * @returns {number} 0, or a negative libuv error.
   */
  connect(where, port) {
    return this.#type === UNIX ? super.connectPipe(where) : super.connectTcp(where, checkPort('connect', port));
  }

  /**
   * Without an argument: makes it one end of a pair. @returns {number} the other end's descriptor.
   * With one: makes that descriptor its own, and gives 0. Both may give a negative libuv error; else
   * onConnect is called before they return.
   */
  open(fd) {
    const rc = fd === undefined ? super.openPair() : super.openFd(fd);
    if (rc >= 0) this.#callbacks.onConnect?.(super.fd());
    return rc;
  }

  writeNumbered(fd, offset, length) {
    const connection = this.#numbered(fd);
    if (connection === this && this.#numbers === undefined) this.#speakNumbers(fd);
    return connection === undefined ? UV_EBADF : connection.#writeOwn(length, offset);
  }

  #writeOwn(length, offset) { return super.write(length, offset); }

  writeText(text, offset = undefined, third = undefined) {
    if (third === undefined) return super.writeText(text);
    const connection = this.#numbered(text);
    return connection === undefined ? UV_EBADF : connection.#writeOwn(connection.#put(third, offset), offset);
  }

  #put(text, offset = 0) {
    const bytes = new Uint8Array(encode(`${text}`, UTF8));
    checkRange('push', offset, bytes.length, this.#out?.length ?? 0);
    this.#out?.set(bytes, offset);
    return bytes.length;
  }

  /** v0.0.4: puts a text into a connection's write buffer. @returns {number} bytes, or UV_EBADF. */
  push(fd, text, offset = 0) { return this.#numbered(fd)?.#put(text, offset) ?? UV_EBADF; }

  /** v0.0.4: the text in a connection's read buffer; undefined when there is no such connection. */
  pull(fd, offset, length) {
    const connection = this.#numbered(fd);
    if (connection === undefined) return undefined;
    const bytes = connection.#in ?? new Uint8Array(0);
    checkRange('pull', offset, length, bytes.length);
    return decode(bytes, offset, offset + length, UTF8);
  }

  /**
   * v0.0.4: what each of two connections reads is written to the other from now on. When one ends, the other is
   * closed.
   * @returns {number} 0, or UV_EBADF.
   */
  proxy(one, other) {
    const [a, b] = [this.#numbered(one), this.#numbered(other)];
    if (a === undefined || b === undefined) return UV_EBADF;
    a.#pipe(b);
    b.#pipe(a);
    return 0;
  }

  #pipe(to) {
    super.on(READ, (length) => {
      to.writeBytes(this.#in.subarray(0, length));
      if (to.queueSize() > 0) super.pause();
    });
    to.#hear(DRAIN, () => super.resume());
    super.on(END, () => {
      to.#closeOwn(true);
      this.#closeOwn(true);
    });
  }

  /**
   * Closes it; onClose follows. Twice is harmless.
   * @param {number|boolean} [shutdown=1] - what is queued is written first, then the peer is told.
   */
  close(shutdown = 1, reset = undefined) {
    // v0.0.4: close(fd[, reset]).
    if (this.#numbers !== undefined && typeof shutdown === 'number' && arguments.length > 0) {
      const connection = this.#numbers.get(shutdown);
      if (connection !== undefined) connection.#closeOwn(!reset);
      return;
    }
    if (this.#listener !== undefined) this.#listener.close();
    else super.close(Boolean(shutdown));
  }

  #hear(event, fn) { super.on(event, fn); }

  #closeOwn(shutdown) { super.close(shutdown); }

  pause(fd = undefined) {
    const connection = fd === undefined || this.#numbers === undefined ? this : this.#numbered(fd);
    connection?.#pauseOwn();
  }

  #pauseOwn() {
    this.#paused = true;
    super.pause();
  }

  resume(fd = undefined) {
    const connection = fd === undefined || this.#numbers === undefined ? this : this.#numbered(fd);
    return connection === undefined ? UV_EBADF : connection.#resumeOwn();
  }

  #resumeOwn() {
    this.#paused = false;
    return super.resume();
  }

  queueSize(fd = undefined) {
    const connection = fd === undefined || this.#numbers === undefined ? this : this.#numbered(fd);
    return connection === undefined ? UV_EBADF : connection.#queued();
  }

  #queued() { return super.queueSize(); }

  /** Whether small writes go at once: `setNoDelay(on)`, in earlier vintages `setNoDelay(fd, on)`. @returns {number} 0 or a negative libuv error. */
  setNoDelay(...args) {
    const connection = namesDescriptor(args, 1) ? this.#numbered(args[0]) ?? this : this;
    return connection.#noDelay(Boolean(args.at(-1)));
  }

  #noDelay(on) { return super.setNoDelay(on); }

  /** Probes of an idle connection: `setKeepAlive(on, seconds)`, in earlier vintages `setKeepAlive(fd, on, seconds)`. @returns {number} 0 or a negative libuv error. */
  setKeepAlive(...args) {
    const seconds = Number(args.length > 1 ? args.at(-1) : 0);
    const on = Boolean(namesDescriptor(args, 2) ? args[1] : args[0]);
    if (on && !(Number.isInteger(seconds) && seconds >= 1)) throw new RangeError(`setKeepAlive: ${seconds} is not a whole number of seconds from 1`);
    const connection = namesDescriptor(args, 2) ? this.#numbered(args[0]) ?? this : this;
    return connection.#keepAlive(on, seconds);
  }

  #keepAlive(on, seconds) { return super.setKeepAlive(on, seconds); }

  /** The peer's IP address; undefined when there is none. */
  remoteAddress(fd = undefined) {
    const connection = fd === undefined ? this : this.#numbered(fd);
    return connection?.#peerAddress()?.[0];
  }

  #peerAddress() { return super.address(true); }

  /** A server's port, or the peer's; undefined when there is none. */
  portNumber() { return (this.#listener?.address() ?? super.address(true))?.[1]; }

  /** It does not keep the program going any more. */
  unref() {
    if (this.#listener !== undefined) this.#listener.setRef(false);
    else super.setRef(false);
  }

  /** A server: calls `fn(fd)` for each connection. A client: calls `fn(fd)` when it is connected, or was opened. */
  onConnect(fn) {
    this.#callbacks.onConnect = checkCallback('onConnect', fn);
    super.on(CONNECT, fn && ((fd) => {
      fn(fd);
      if (super.isOpen() && !this.#paused) super.resume();
    }));
  }

  /** The same as onRead(), for a callback of one parameter; for others `fn(fd, length)`, as in v0.0.4. */
  onData(fn) {
    this.#set('onData', fn);
    if (fn === undefined || !speaksNumbers({ onData: fn })) super.onRead(fn);
    else if (super.isOpen() && this.#numbers === undefined) this.#speakNumbers(super.fd());
  }

  onEnd(fn) {
    this.#set('onEnd', fn);
    if (this.#numbers === undefined) super.onEnd(fn);
  }

  onDrain(fn) {
    this.#set('onDrain', fn);
    if (this.#numbers === undefined) super.onDrain(fn);
  }

  onWrite(fn) {
    this.#set('onWrite', fn);
    if (this.#numbers === undefined) super.onWrite(fn);
  }

  onClose(fn) {
    this.#set('onClose', fn);
    if (this.#numbers === undefined) super.onClose(fn);
  }

  onError(fn) {
    this.#set('onError', fn);
    if (this.#numbers === undefined) super.onError(fn);
  }

  #set(name, fn) { this.#callbacks[name] = checkCallback(name, fn); }
}

export default { Socket, TCP, UNIX, UV_EOF, UV_EAGAIN };
