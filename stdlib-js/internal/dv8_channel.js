// Messages between a thread and the one that spawned it, over a pair of sockets. A frame is u8 thread
// id, u8 kind, u16 length in big-endian order, and the bytes.
import { decode, encode } from 'internal:buffer';
import { Socket, UNIX } from '../dv8/socket.js';
import { bytesOf } from './dv8_bytes.js';
import { checkCallback } from './dv8_callbacks.js';
import { queueMicrotask } from './services.js';

const JSON_KIND = 1;
const STRING_KIND = 2;
const BUFFER_KIND = 3;
const HEAD = 4;
const LONGEST = 0xffff;
const UTF8 = 0;

/** One end of the channel. It keeps its thread's loop going while somebody listens. */
export class Channel {
  #socket = new Socket(UNIX);
  #id;
  #listener;
  #packets = false; // What the listener gets is {opCode, threadId, length, payload}.
  #in = new Uint8Array(2 * (HEAD + LONGEST));
  #rest = new Uint8Array(0);
  #ended = false;
  #atEnd;

  constructor(id) {
    this.#id = id;
    this.#socket.setup(this.#in);
    this.#socket.onRead((length) => this.#take(this.#in.subarray(0, length)));
    const end = () => {
      this.close();
      this.#ended = true;
      this.#tellEnd();
    };
    this.#socket.onEnd(end);
    this.#socket.onError(end);
    this.#socket.onClose(end);
  }

  /** Calls `fn()` when all that the other side sent has been delivered, or nobody listens. */
  afterLast(fn) {
    this.#atEnd = fn;
    if (this.#ended || this.#listener === undefined || !this.#socket.isOpen()) this.#tellEnd();
  }

  #tellEnd() {
    const fn = this.#atEnd;
    this.#atEnd = undefined;
    fn?.();
  }

  /** The socket under it. */
  get socket() { return this.#socket; }

  /** The other end's descriptor. */
  open() { return this.#socket.open(); }

  /** Makes `fd`, which open() gave on the other side, this end. */
  connect(fd) { return this.#socket.open(fd); }

  /**
   * Sends a string, the bytes of a buffer, or any other value as JSON.
   * @throws {RangeError} when it has more than 65535 bytes.
   */
  send(value) { return this.#write(value, typeof value === 'string' ? STRING_KIND : JSON_KIND); }

  /** Sends any value but a buffer as JSON, a text too. */
  sendJson(value) { return this.#write(value, JSON_KIND); }

  /** Sends a text. */
  sendString(text) { return this.#write(`${text}`, STRING_KIND); }

  #write(value, kind) {
    let bytes;
    if (kind === STRING_KIND) {
      bytes = new Uint8Array(encode(value, UTF8));
    } else if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer || ArrayBuffer.isView(value)) {
      kind = BUFFER_KIND;
      bytes = bytesOf(value, 'send: the value');
    } else {
      const text = JSON.stringify(value);
      if (text === undefined) throw new TypeError('send: the value has no JSON');
      bytes = new Uint8Array(encode(text, UTF8));
    }
    if (bytes.length > LONGEST) throw new RangeError(`send: a message of ${bytes.length} bytes is longer than ${LONGEST}`);
    const frame = new Uint8Array(HEAD + bytes.length);
    frame.set([this.#id, kind, bytes.length >> 8, bytes.length & 255]);
    frame.set(bytes, HEAD);
    return this.#socket.writeBytes(frame);
  }

  /** Calls `fn(value)` for each message; a buffer comes as a Uint8Array. Without an argument: no more. */
  onMessage(fn) { this.#listen(fn, false); }

  /** Calls `fn({opCode, threadId, length, payload})` for each: the JSON itself, a text, or a Uint8Array. */
  onPacket(fn) { this.#listen(fn, true); }

  #listen(fn, packets) {
    this.#listener = checkCallback('onMessage', fn);
    this.#packets = packets;
    if (fn === undefined) {
      this.#socket.pause();
      queueMicrotask(() => { if (this.#listener === undefined) this.#tellEnd(); });
    } else {
      this.#socket.resume();
    }
    if (this.#rest.length > 0) queueMicrotask(() => this.#deliver());
  }

  #take(bytes) {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    this.#rest = all;
    this.#deliver();
  }

  // The messages that are whole, while somebody listens.
  #deliver() {
    while (this.#listener !== undefined && this.#rest.length >= HEAD) {
      const end = HEAD + this.#rest[2] * 256 + this.#rest[3];
      if (end > this.#rest.length) break;
      const [threadId, kind] = this.#rest;
      const body = this.#rest.slice(HEAD, end);
      this.#rest = this.#rest.subarray(end);
      try {
        const payload = kind === BUFFER_KIND ? body : text(body);
        if (this.#packets) this.#listener({ opCode: kind, threadId, length: body.length, payload });
        else this.#listener(kind === JSON_KIND ? JSON.parse(payload) : payload);
      } catch (error) {
        // Its error is told before what follows the message.
        queueMicrotask(() => this.#deliver());
        throw error;
      }
    }
  }

  /** Ends it; the other side's ends too. */
  close() { this.#socket.close(); }
}

function text(bytes) { return decode(bytes, 0, bytes.length, UTF8); }
