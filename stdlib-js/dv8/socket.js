/**
 * @module dv8:socket — TCP and UNIX domain sockets, both ends of them.
 *
 * Programs of both vintages of dv8 run with it. A server's onConnect callback gets the connection's
 * descriptor and may hand it to `setup(fd, in, out)` of a new Socket; or it gives back a new Socket
 * that was `setup(in, out)`, which then is the connection, and reads at once unless it was paused. A
 * callback without parameters that gives back no Socket refuses the connection, which is closed.
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
import { Listener, UV_EALREADY, UV_EOF, UV_EAGAIN, closeFd, errorText } from 'internal:dv8_stream';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { CONNECT, Stream, offered, uvError, views } from '../internal/dv8_stream.js';

/** Kinds of socket. */
export const TCP = 0;
export const UNIX = 1;

const BACKLOG = 511;

function checkPort(what, port) {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`${what}: port ${port} is not from 0 to 65535`);
  return port;
}

/** A socket: a server after listen(), a connection after connect() or when a server took it. */
export class Socket extends Stream {
  #type;
  #listener;
  #onConnect;
  #onClose;
  #onError;
  #paused = false;

  /** @param {number} [type=TCP] - TCP or UNIX. */
  constructor(type = TCP) {
    if (type !== TCP && type !== UNIX) throw new RangeError(`Socket: type ${type} is neither TCP (0) nor UNIX (1)`);
    super();
    this.#type = type;
  }

  /**
   * Gives it its memory: `setup(in, out)`, or `setup(fd, in, out)` which also makes the descriptor of
   * a connection its own.
   * @returns {number} 0, or a negative libuv error.
   */
  setup(first, second, third) {
    if (typeof first !== 'number') {
      super.setBuffers(...views(first, second ?? first));
      return 0;
    }
    super.setBuffers(...views(second, third ?? second));
    // A client of the earlier vintage gets its own descriptor from onConnect.
    return super.isOpen() && super.fd() === first ? 0 : super.openFd(first);
  }

  /**
   * Waits for connections: `listen(ip, port)` for TCP (port 0: a free one), `listen(path)` for UNIX,
   * `listen(fd)` for a bound descriptor. Several processes may listen at one port.
   * @returns {number} 0, or a negative libuv error: UV_EALREADY when it listens.
   */
  listen(where, port) {
    if (this.#listener !== undefined) return UV_EALREADY;
    const listener = new Listener((connection) => { this.#accepted(connection); });
    const rc = typeof where === 'number' ? listener.listenFd(where, BACKLOG)
      : this.#type === UNIX ? listener.listenPipe(where, BACKLOG)
      : listener.listenTcp(where, checkPort('listen', port), BACKLOG);
    if (rc === 0) this.#listener = listener;
    return rc;
  }

  #accepted(connection) {
    if (connection === null) {
      this.#listener = undefined;
      this.#onClose?.();
      return;
    }
    if (connection < 0) {
      this.#onError?.(connection, errorText(connection));
      return;
    }
    if (this.#onConnect === undefined) {
      closeFd(connection);
      return;
    }
    // A callback with a parameter may keep the descriptor for later.
    const mayKeep = this.#onConnect.length > 0;
    let kept = false;
    offered.add(connection);
    try {
      const socket = this.#onConnect(connection);
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
   * With one: makes that descriptor its own, and gives 0. Both may give a negative libuv error.
   */
  open(fd) { return fd === undefined ? super.openPair() : super.openFd(fd); }

  /**
   * Closes it; onClose follows. Twice is harmless.
   * @param {number|boolean} [shutdown=1] - what is queued is written first, then the peer is told.
   */
  close(shutdown = 1) {
    if (this.#listener !== undefined) this.#listener.close();
    else super.close(Boolean(shutdown));
  }

  pause() {
    this.#paused = true;
    super.pause();
  }

  resume() {
    this.#paused = false;
    return super.resume();
  }

  /** Whether small writes go at once: `setNoDelay(on)`, in the earlier vintage `setNoDelay(fd, on)`. @returns {number} 0 or a negative libuv error. */
  setNoDelay(...args) { return super.setNoDelay(Boolean(args.at(-1))); }

  /** Probes of an idle connection: `setKeepAlive(on, seconds)`, in the earlier vintage `setKeepAlive(fd, on, seconds)`. @returns {number} 0 or a negative libuv error. */
  setKeepAlive(...args) {
    const seconds = Number(args.length > 1 ? args.at(-1) : 0);
    const on = Boolean(args.length > 2 ? args[1] : args[0]);
    if (on && !(Number.isInteger(seconds) && seconds >= 1)) throw new RangeError(`setKeepAlive: ${seconds} is not a whole number of seconds from 1`);
    return super.setKeepAlive(on, seconds);
  }

  /** The peer's IP address; undefined when there is none. */
  remoteAddress() { return super.address(true)?.[0]; }

  /** A server's port, or the peer's; undefined when there is none. */
  portNumber() { return (this.#listener?.address() ?? super.address(true))?.[1]; }

  /** It does not keep the program going any more. */
  unref() {
    if (this.#listener !== undefined) this.#listener.setRef(false);
    else super.setRef(false);
  }

  /** A server: calls `fn(fd)` for each connection. A client: calls `fn(fd)` when it is connected. */
  onConnect(fn) {
    this.#onConnect = checkCallback('onConnect', fn);
    super.on(CONNECT, fn && ((fd) => {
      fn(fd);
      if (super.isOpen() && !this.#paused) super.resume();
    }));
  }

  onClose(fn) {
    this.#onClose = checkCallback('onClose', fn);
    super.onClose(fn);
  }

  onError(fn) {
    this.#onError = checkCallback('onError', fn);
    super.onError(fn);
  }
}

export default { Socket, TCP, UNIX, UV_EOF, UV_EAGAIN };
