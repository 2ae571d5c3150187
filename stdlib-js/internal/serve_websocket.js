// The server's side of a WebSocket, as Bun has it: the handlers are the server's, one object a connection.
import { encode } from 'internal:buffer';

const [kText, kBinary, kClose, kPing, kPong] = [1, 2, 8, 9, 10];
const kReasonMost = 123;

function dataOf(data, method) {
  if (typeof data === 'string' || data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data;
  throw new TypeError(`${method}(data): data must be a string, an ArrayBuffer or a view`);
}

export class ServerWebSocket {
  #connections;
  #slot;
  #serial;
  #address;
  #isOpen = true;
  #topics = undefined;

  constructor(connections, slot, serial, data, address) {
    this.#connections = connections;
    this.#slot = slot;
    this.#serial = serial;
    this.#address = address;
    this.data = data;
    this.binaryType = 'uint8array';
  }

  get serial() { return this.#serial; }
  /** 1 while it is open, 3 when it is closed. */
  get readyState() { return this.#isOpen ? 1 : 3; }
  /** The address of the peer. */
  get remoteAddress() { return this.#address; }
  /** Bytes that wait for the peer to take them. */
  get bufferedAmount() { return this.#connections.native.queued(this.#slot, this.#serial); }

  #send(opcode, data) {
    if (!this.#isOpen) return 0;
    const size = typeof data === 'string' ? data.length : data.byteLength;
    const queued = this.#connections.native.sendFrame(this.#slot, this.#serial, opcode, data);
    return queued < 0 ? 0 : queued > 0 ? -1 : Math.max(size, 1);
  }

  /**
   * Sends a message: text for a string, else binary.
   * @returns {number} its size; -1 when a part of it waits, and the handler `drain` will be called; 0 when it was dropped.
   */
  send(data) {
    dataOf(data, 'send');
    return this.#send(typeof data === 'string' ? kText : kBinary, data);
  }
  sendText(text) { return this.#send(kText, `${text}`); }
  sendBinary(data) { return this.#send(kBinary, dataOf(data, 'sendBinary')); }
  ping(data = '') { return this.#send(kPing, dataOf(data, 'ping')); }
  pong(data = '') { return this.#send(kPong, dataOf(data, 'pong')); }

  /** Closes it, with one of the codes of RFC 6455 and a text of at most 123 bytes. */
  close(code = 1000, reason = '') {
    if (!Number.isInteger(code) || code < 1000 || code > 4999) throw new RangeError(`close(code): ${code} is not from 1000 to 4999`);
    if (encode(`${reason}`, 0).byteLength > kReasonMost) throw new RangeError(`close(code, reason): the reason has more than ${kReasonMost} bytes`);
    if (this.#isOpen) this.#connections.native.closeSocket(this.#slot, this.#serial, code, `${reason}`);
  }
  /** Breaks the connection off. */
  terminate() { this.#connections.native.abort(this.#slot, this.#serial); }

  /** Gets what is published to the topic from now on. */
  subscribe(topic) {
    if (!this.#isOpen) return;
    (this.#topics ??= new Set()).add(topic);
    this.#connections.subscribe(topic, this);
  }
  unsubscribe(topic) {
    this.#topics?.delete(topic);
    this.#connections.unsubscribe(topic, this);
  }
  isSubscribed(topic) { return this.#topics?.has(topic) === true; }
  /** Sends `data` to the other subscribers of the topic. */
  publish(topic, data) { return this.#connections.publish(topic, data, this); }

  /** Called by serve.js. */
  drain(serial) { if (serial === this.#serial) this.#connections.websocket.drain?.(this); }

  receive(opcode, data, code) {
    const handlers = this.#connections.websocket;
    switch (opcode) {
      case kText: return handlers.message?.(this, data);
      case kBinary: return handlers.message?.(this, this.#view(data));
      case kPing: return handlers.ping?.(this, this.#view(data));
      case kPong: return handlers.pong?.(this, this.#view(data));
      case kClose:
        this.#isOpen = false;
        for (const topic of this.#topics ?? []) this.#connections.unsubscribe(topic, this);
        return handlers.close?.(this, code, data);
      default: return undefined;
    }
  }

  #view(buffer) { return this.binaryType === 'arraybuffer' ? buffer : new Uint8Array(buffer); }
}
