/**
 * @module dv8:httpParser — HTTP/1 requests and responses out of a fixed buffer, by llhttp.
 *
 * The head of a message is laid out in the work buffer, numbers big-endian: byte 0 the major and 1
 * the minor version; 2 a request's method (a number of METHODS) and 3 whether it asks for another
 * protocol; 2 and 3 together a response's status; 4 whether the connection may be used again; 5 and
 * 6 the length of the URL; 7 and 8 the length of the headers; from 16 on the URL, then the headers as
 * `Name: value\r\n` each. It stays there until a piece of its body comes, which takes its place when
 * onBody is set, or the next message begins. A head that does not fit is an error. Parsers of several
 * connections need a work buffer each.
 *
 * @example
 * import { HTTPParser, REQUEST, METHODS } from 'dv8:httpParser';
 * const input = Buffer.from('POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.0\r\nX: y\r\n\r\n');
 * const work = Buffer.alloc(1024);
 * const parser = new HTTPParser();
 * parser.setup(input, work);
 * parser.reset(REQUEST);
 * parser.onHeaders(() => {
 *   const end = 16 + work.readUInt16BE(5);
 *   console.log(METHODS[work[2]], work.toString('utf8', 16, end), work[4] === 1);
 *   console.log(JSON.stringify(work.toString('latin1', end, end + work.readUInt16BE(7))));
 * });
 * parser.onBody((length, offset) => console.log('body', input.toString('utf8', offset, offset + length)));
 * parser.onRequest(() => console.log('request'));
 * parser.execute(input.length);
 * //> POST /a true
 * //> "Content-Length: 2\r\n"
 * //> body hi
 * //> request
 * //> GET /b false
 * //> "X: y\r\n"
 * //> request
 *
 * @example
 * // On a socket: the parser gets what is read.
 * import { Socket, TCP } from 'dv8:socket';
 * import { HTTPParser, REQUEST, RESPONSE } from 'dv8:httpParser';
 * const parse = (socket, mode) => {
 *   const memory = { in: new Uint8Array(4096), out: new Uint8Array(4096), work: new Uint8Array(4096) };
 *   socket.setup(memory.in, memory.out);
 *   const parser = new HTTPParser();
 *   parser.setup(memory.in, memory.work);
 *   parser.reset(mode, socket);
 *   return { parser, memory };
 * };
 * const server = new Socket(TCP);
 * server.onConnect(() => {
 *   const peer = new Socket(TCP);
 *   const { parser } = parse(peer, REQUEST);
 *   parser.onRequest(() => {
 *     peer.writeText('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello');
 *     peer.close();
 *   });
 *   return peer;
 * });
 * server.listen('127.0.0.1', 0);
 * const client = new Socket(TCP);
 * const { parser, memory } = parse(client, RESPONSE);
 * parser.onHeaders(() => console.log(memory.work[2] << 8 | memory.work[3])); //> 200
 * parser.onBody((length) => console.log(new TextDecoder().decode(memory.work.subarray(0, length)))); //> hello
 * parser.onResponse(() => {
 *   client.close();
 *   server.close();
 * });
 * client.onConnect(() => client.writeText('GET / HTTP/1.1\r\nHost: here\r\n\r\n'));
 * client.connect('127.0.0.1', server.portNumber());
 */
import { BODY, COMPLETE, ERROR, HEADERS, Parser } from 'internal:dv8_http';
import { checkRange } from '../internal/dv8_bytes.js';
import { checkCallback } from '../internal/dv8_callbacks.js';
import { checkInteger, heldBytes } from '../internal/dv8_memory.js';

/** What a parser reads. */
export const REQUEST = 0;
export const RESPONSE = 1;

/** The methods' names by their numbers. */
export const METHODS = [
  'DELETE', 'GET', 'HEAD', 'POST', 'PUT', 'CONNECT', 'OPTIONS', 'TRACE', 'COPY', 'LOCK', 'MKCOL', 'MOVE', 'PROPFIND',
  'PROPPATCH', 'SEARCH', 'UNLOCK', 'BIND', 'REBIND', 'UNBIND', 'ACL', 'REPORT', 'MKACTIVITY', 'CHECKOUT', 'MERGE',
  'M-SEARCH', 'NOTIFY', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PATCH', 'PURGE', 'MKCALENDAR', 'LINK', 'UNLINK', 'SOURCE',
];

// The parser lives as long as the socket that it listens to.
const parserOf = Symbol('parser');

/** Reads messages one after the other, also those of a pipeline. */
export class HTTPParser extends Parser {
  #input;
  #socket;

  /**
   * Gives it its memory.
   * @param {Buffer|ArrayBuffer|TypedArray} input - where messages are read from.
   * @param {Buffer|ArrayBuffer|TypedArray} work - where heads are laid out: 16 bytes and what the longest head needs.
   */
  setup(input, work) {
    const bytes = heldBytes(input, 'setup: the read buffer');
    super.setup(bytes, heldBytes(work, 'setup: the work buffer'));
    this.#input = bytes;
    this.#socket?.setBuffers(bytes);
  }

  /**
   * Begins anew, also after an error. In a callback, what is left of the input is given up.
   * @param {number} mode - REQUEST or RESPONSE.
   * @param {Socket} [socket] - one whose reads the parser gets from now on, before its onRead; it reads into
   *   the parser's buffer. What a SecureSocket has decrypted counts as read. After a request for another
   *   protocol its onRead gets them alone.
   */
  reset(mode, socket) {
    checkInteger('reset: mode', mode, REQUEST, RESPONSE);
    if (this.#input === undefined) throw new Error('reset: setup(readBuf, workBuf) comes first');
    if (!super.reset(mode, socket)) throw new TypeError('reset: the socket must be a Socket');
    if (socket === undefined) return;
    socket.setBuffers(this.#input);
    socket[parserOf] = this;
    this.#socket = socket;
  }

  /**
   * Parses the first `length` bytes of the read buffer and calls the callbacks; what one throws comes
   * out of here. Length 0 says that the input has ended, which completes a response without a length.
   * @returns {number} bytes used: fewer than `length` when a callback paused it, after an error, and
   *   when the rest belongs to another protocol. 0 while it is paused.
   * @throws {RangeError} when they are not all in the buffer.
   */
  execute(length) {
    checkRange('execute', 0, length, this.#input?.length ?? 0);
    if (super.isBusy()) throw new Error('execute: the parser runs already; this is one of its callbacks');
    return super.execute(length);
  }

  /** Stops after the callback that runs, and the socket's reads too. The read buffer must stay as it is. */
  pause() { super.pause(); }

  /**
   * Goes on with what is left of the input, then with the socket's reads.
   * @returns {number} the place in the read buffer up to which it is used now.
   */
  resume() { return super.resume(); }

  /**
   * Calls `fn()` when a head is in the work buffer. When it gives `true`, the message has no body,
   * whatever its head says: the answer to a HEAD request.
   */
  onHeaders(fn) { super.on(HEADERS, checkCallback('onHeaders', fn)); }

  /**
   * Calls `fn(length, offset)` for a piece of a body, which is at the start of the work buffer; offset is where
   * it lies in the read buffer. One that is longer than the work buffer comes in several pieces.
   */
  onBody(fn) { super.on(BODY, checkCallback('onBody', fn)); }

  /** Calls `fn()` at the end of a request. */
  onRequest(fn) { super.on(COMPLETE, checkCallback('onRequest', fn)); }

  /** Calls `fn()` at the end of a response. */
  onResponse(fn) { super.on(COMPLETE, checkCallback('onResponse', fn)); }

  /** Calls `fn(errno, message)` when it is no HTTP or does not fit. Nothing follows until reset(). */
  onError(fn) { super.on(ERROR, checkCallback('onError', fn)); }
}

export default { HTTPParser, REQUEST, RESPONSE, METHODS };
