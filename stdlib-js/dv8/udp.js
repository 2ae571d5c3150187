/**
 * @module dv8:udp — datagrams over IPv4 and IPv6.
 *
 * @example
 * import { UDP } from 'dv8:udp';
 * const make = () => {
 *   const udp = new UDP();
 *   udp.memory = new Uint8Array(64);
 *   udp.setup(udp.memory, udp.memory);
 *   udp.bind('127.0.0.1', 0);
 *   return udp;
 * };
 * const server = make();
 * const client = make();
 * server.onMessage((length, ip, port) => server.send(length, ip, port)); // An echo.
 * server.start();
 * client.start();
 * client.memory.set(new TextEncoder().encode('hello'));
 * console.log(client.send(5, '127.0.0.1', server.portNumber())); //> 0
 * client.onMessage((length, ip) => {
 *   console.log(new TextDecoder().decode(client.memory.subarray(0, length)), ip); //> hello 127.0.0.1
 *   client.close();
 *   server.close();
 * });
 */
import { CLOSE, ERROR, MESSAGE, UDP as NativeUDP, SEND } from 'internal:dv8_udp';
import { errorText } from 'internal:dv8_stream';
import { checkRange } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { heldBytes } from '../internal/dv8_memory.js';

function checkPort(what, port) {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`${what}: port ${port} is not from 0 to 65535`);
  return port;
}

/** A UDP socket. */
export class UDP extends NativeUDP {
  /** Gives it its memory: for what comes, and for what is sent. A longer message is an error, UV_EMSGSIZE. @returns {number} 0 */
  setup(input, output = input) {
    super.setBuffers(heldBytes(input, 'setup: the read buffer'), heldBytes(output, 'setup: the write buffer'));
    return 0;
  }

  /** Binds it to a local address; port 0 is a free one. @returns {number} 0, or a negative libuv error. */
  bind(ip, port = 0) { return super.bind(`${ip}`, checkPort('bind', port)); }

  /** Receives from now on. @returns {number} 0, or a negative libuv error: UV_ENOBUFS before setup(). */
  start() { return super.start(); }

  /** Receives no more. */
  stop() { super.stop(); }

  /**
   * Sends the first `length` bytes of the write buffer to an address.
   * @returns {number} 0, also when a copy is queued, as within onSend; or a negative libuv error.
   * @throws {RangeError} when they are not all in the buffer.
   */
  send(length, ip, port) {
    checkRange('send', 0, length, super.outSize());
    return Math.min(super.send(length, `${ip}`, checkPort('send', port)), 0);
  }

  /** Whether it may send to broadcast addresses: `setBroadcast(on)`, or `setBroadcast(fd, on)`. @returns {number} 0, or a negative libuv error. */
  setBroadcast(...args) { return super.setBroadcast(Boolean(args.at(-1))); }

  /** The address that it is bound to; undefined when it is not. */
  getPeerName() { return super.address()?.[0]; }

  /** The port that it is bound to; undefined when it is not. */
  portNumber() { return super.address()?.[1]; }

  /** Makes the descriptor of a UDP socket its own. @returns {number} 0, or a negative libuv error. */
  open(fd) {
    if (!Number.isInteger(fd) || fd < 0 || fd > 2 ** 31 - 1) throw new RangeError(`open: ${fd} is no descriptor`);
    return super.openFd(fd);
  }

  /** What a negative libuv error means: "ECODE: text". */
  error(rc) { return errorText(Number(rc) | 0); }

  /** It does not keep the program going any more. */
  unref() { super.setRef(false); }

  /** Closes it; onClose follows. Twice is harmless. */
  close() { super.close(); }

  /** Calls `fn(length, ip, port)` when a message of that length is at the start of the read buffer. */
  onMessage(fn) { super.on(MESSAGE, checkCallback('onMessage', fn)); }

  /** Calls `fn(status)` when a message was sent: 0, or a negative libuv error. */
  onSend(fn) { super.on(SEND, checkCallback('onSend', fn)); }

  /** Calls `fn()` when it is closed. */
  onClose(fn) { super.on(CLOSE, checkCallback('onClose', fn)); }

  /** Calls `fn(rc, message)` with a negative libuv error. */
  onError(fn) { super.on(ERROR, checkCallback('onError', fn)); }
}

export default { UDP };
