/**
 * @module dv8:openssl — OpenSSL: hashes and HMACs between two buffers, and TLS 1.2 and 1.3 over
 * sockets. It reads no configuration file and no variable of the environment.
 *
 * @example
 * import { Hash, Hmac } from 'dv8:openssl';
 * const input = Buffer.from('abc');
 * const output = Buffer.alloc(64);
 * const hash = new Hash();
 * hash.setup('sha256', input, output);
 * hash.create();
 * hash.update(3);
 * console.log(output.toString('hex', 0, hash.digest()));
 * //> ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
 * hash.free();
 * const hmac = new Hmac();
 * hmac.setup('sha1', 'key', input, output);
 * hmac.create(3);
 * console.log(output.toString('hex', 0, hmac.digest()));
 * //> 4fd0b215276ef12f2b3e4c8ecac2811498b656fc
 * hmac.free();
 */
import { encode } from 'internal:buffer';
import { Digest } from 'internal:dv8_digest';
import { END, ERROR, HOST, SecureContext as NativeContext, SecureSocket as NativeSocket, READ, SECURE, WRITE } from 'internal:dv8_tls';
import { bytesOf, checkRange } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { checkInteger, heldBytes } from '../internal/dv8_memory.js';

const UTF8 = 0;

/** Sides of a SecureContext. */
export const SERVER = 0;
export const CLIENT = 1;

class Summing extends Digest {
  #input = 0;
  #output = 0;
  #size = 0;

  setup(name, algorithm, key, input, output) {
    const from = heldBytes(input, 'setup: input');
    const to = heldBytes(output, 'setup: output');
    const size = super.setup(`${algorithm}`, key, from, to);
    if (size < 0) throw new TypeError(`${name}: there is no algorithm "${algorithm}"`);
    this.#input = from.length;
    this.#output = to.length;
    this.#size = size;
  }

  /**
   * Begins anew.
   * @param {number} [length=0] - bytes at the start of the input that are taken at once.
   * @throws {Error} without setup(). @throws {RangeError} when they are not all in the input.
   */
  create(length = 0) {
    checkRange('create', 0, length, this.#input);
    if (!super.create()) throw new Error('create: setup() comes first');
    if (length > 0) super.update(length);
  }

  /**
   * Takes the first `length` bytes of the input.
   * @throws {Error} without create(). @throws {RangeError} when they are not all in the input.
   */
  update(length) {
    checkRange('update', 0, length, this.#input);
    if (!super.update(length)) throw new Error('update: create() comes first');
  }

  /**
   * Puts the sum at the start of the output, and ends.
   * @returns {number} its size in bytes.
   * @throws {Error} without create(). @throws {RangeError} when the output is too small.
   */
  digest() {
    if (this.#size > this.#output) throw new RangeError(`digest: ${this.#size} bytes do not fit the buffer of ${this.#output} bytes`);
    const size = super.digest();
    if (size < 0) throw new Error('digest: create() comes first');
    return size;
  }

  /** Gives its memory up. Twice is harmless. */
  free() {
    this.#input = this.#output = this.#size = 0;
    super.free();
  }
}

/** A hash by one of OpenSSL's algorithms: md5, sha1, sha256, sha3-256, blake2b512 … */
export class Hash extends Summing {
  /**
   * @param {string} algorithm - OpenSSL's name of it.
   * @param {Buffer|ArrayBuffer|TypedArray} input - where update() reads.
   * @param {Buffer|ArrayBuffer|TypedArray} output - where digest() writes.
   * @throws {TypeError} when there is no such algorithm.
   */
  setup(algorithm, input, output) { super.setup('Hash', algorithm, undefined, input, output); }
}

/** A keyed hash, RFC 2104. */
export class Hmac extends Summing {
  /**
   * @param {string} algorithm - OpenSSL's name of the hash.
   * @param {string|Buffer|ArrayBuffer|TypedArray} key - a text counts as UTF-8. It is copied.
   * @param {Buffer|ArrayBuffer|TypedArray} input - where update() reads.
   * @param {Buffer|ArrayBuffer|TypedArray} output - where digest() writes.
   * @throws {TypeError} when there is no such algorithm.
   */
  setup(algorithm, key, input, output) {
    const bytes = typeof key === 'string' ? new Uint8Array(encode(key, UTF8)) : bytesOf(key, 'setup: key');
    super.setup('Hmac', algorithm, bytes, input, output);
  }
}

function pem(value, name) {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  return bytesOf(value, `setup: ${name}`);
}

/** Certificates and whom to trust, for any number of connections. */
export class SecureContext extends NativeContext {
  /**
   * Each of `certificate`, `key` and `chain` is the path of a PEM file, or PEM itself as text or bytes.
   * A client needs none of them.
   * @param {number} side - SERVER or CLIENT.
   * @param {string|Buffer|TypedArray} [certificate] - the own one; others that follow it are its chain.
   * @param {string|Buffer|TypedArray} [key] - its private key, not encrypted.
   * @param {string|Buffer|TypedArray} [chain] - certificates between it and the authority.
   * @param {object} [options] - `ca`: whom to trust, PEM as above, instead of the system's bundle.
   *   `verify`: whether the peer's certificate, and a server's name in it, are checked: true for a
   *   client, false for a server, which insists on a client's certificate when it is true.
   * @returns {number} 0, -1 when OpenSSL refuses, 4 for the certificate, 5 for the key, also when it is
   *   not the certificate's, 6 for the chain, 7 for the authorities.
   */
  setup(side, certificate, key, chain, options = {}) {
    checkInteger('setup: side', side, SERVER, CLIENT);
    const { ca, verify = side === CLIENT } = options;
    return super.setup(side, pem(certificate, 'certificate'), pem(key, 'key'), pem(chain, 'chain'), pem(ca, 'ca'), Boolean(verify));
  }

  /** Gives its memory up; connections that it made go on. Twice is harmless. */
  finish() { super.finish(); }
}

// The connection lives as long as its socket.
const secureOf = Symbol('secure');

/**
 * TLS over a Socket, and in its buffers: what was decrypted is put into the socket's read buffer,
 * and write() takes from its write buffer.
 */
export class SecureSocket extends NativeSocket {
  /**
   * Takes the socket's reads over: what was decrypted reaches a parser that the socket has or is given, then
   * the socket's onRead, then this one's. A server's handshake begins when the client's does.
   * @param {SecureContext} context - after its setup().
   * @param {Socket} socket - with its buffers; connected, or connecting.
   * @param {string} [host] - for a client: whose certificate the server must have, a name or an IP
   *   address; the name is told to the server. Without it: the address that the socket is connected to.
   * @throws {Error} when the context is not set up, or this was.
   */
  setup(context, socket, host) {
    const name = host ?? this.#addressOf(socket);
    const rc = super.setup(context, socket, `${name}`);
    if (rc === undefined) throw new TypeError('setup: a SecureContext and a Socket are needed');
    if (rc < 0) {
      if (super.outSize() >= 0) throw new Error('setup: this SecureSocket was set up before');
      throw new Error(name === '' ? 'setup: a client that verifies needs the name of the host' : 'setup: the context is not set up, or the name of the host is none');
    }
    socket[secureOf] = this;
  }

  #addressOf(socket) {
    return typeof socket?.remoteAddress === 'function' ? socket.remoteAddress() ?? '' : '';
  }

  /** Begins a client's handshake; onSecure or onError follows. A server need not call it. @returns {number} 0, or a negative libuv error. */
  start() { return super.start(); }

  /**
   * Writes from the socket's write buffer, which is free for other bytes when this returns.
   * @param {number} length - bytes.
   * @param {number} [offset=0] - where they begin.
   * @returns {number} `length` when all is written; 0 when a copy waits for the handshake or for a slow
   *   peer: onWrite tells when it is written. Or a negative libuv error: UV_EBADF after finish().
   * @throws {RangeError} when they are not all in the buffer.
   */
  write(length, offset = 0) {
    const size = super.outSize();
    checkRange('write', offset, length, size >= 0 ? size : Number.MAX_SAFE_INTEGER);
    return super.write(length, offset);
  }

  /** Stops reading. */
  pause() { super.pause(); }

  /** Starts reading again. @returns {number} 0, or a negative libuv error. */
  resume() { return super.resume(); }

  /** Tells the peer that nothing follows, and gives the socket's reads back; closing it remains to be done. */
  finish() { super.finish(); }

  /** The protocol in use, such as "TLSv1.3"; undefined before the handshake is over. */
  protocol() { return super.protocol(); }

  /** Calls `fn(length)` when that many decrypted bytes are at the start of the read buffer. */
  onRead(fn) { super.on(READ, checkCallback('onRead', fn)); }

  /** Calls `fn(length, 0)` when bytes were written. */
  onWrite(fn) { super.on(WRITE, checkCallback('onWrite', fn)); }

  /**
   * Calls `fn(number, message)` when the handshake fails, with OpenSSL's words, or when the connection
   * is cut. Nothing follows but the socket's own callbacks. Without it, the socket is closed.
   */
  onError(fn) { super.on(ERROR, checkCallback('onError', fn)); }

  /**
   * A server: calls `fn(name)` for the host that the client names. It gives back the SecureContext to
   * go on with, false to refuse, or nothing.
   */
  onHost(fn) { super.on(HOST, checkCallback('onHost', fn)); }

  /** Calls `fn()` when the handshake is over. */
  onSecure(fn) { super.on(SECURE, checkCallback('onSecure', fn)); }

  /** Calls `fn()` when the peer has said that nothing follows. */
  onEnd(fn) { super.on(END, checkCallback('onEnd', fn)); }
}

export default { Hash, Hmac, SecureContext, SecureSocket, SERVER, CLIENT };
