// The global stream classes (WHATWG Streams), by npm's web-streams-polyfill, and the ones that
// transform text (Encoding) and compress (Compression).
import {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream,
  TransformStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
} from 'web-streams-polyfill';

/** A pair of streams around a TransformStream, whose interface has the two ends only. */
class Pair {
  #transform;
  constructor(transformer) { this.#transform = new TransformStream(transformer); }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}

export class TextEncoderStream extends Pair {
  constructor() {
    const { TextEncoder } = require('./encoding.js');
    const encoder = new TextEncoder();
    // The first half of a surrogate pair waits for the second.
    let high = '';
    super({
      transform(chunk, controller) {
        let text = high + chunk;
        high = '';
        if ((text.charCodeAt(text.length - 1) & 0xFC00) === 0xD800) {
          high = text.at(-1);
          text = text.slice(0, -1);
        }
        if (text !== '') controller.enqueue(encoder.encode(text));
      },
      flush(controller) { if (high !== '') controller.enqueue(encoder.encode(high)); },
    });
  }
  get encoding() { return 'utf-8'; }
}

export class TextDecoderStream extends Pair {
  #decoder;
  constructor(label, options) {
    const { TextDecoder } = require('./encoding.js');
    const decoder = new TextDecoder(label, options);
    const put = (text, controller) => { if (text !== '') controller.enqueue(text); };
    super({
      transform(chunk, controller) { put(decoder.decode(chunk, { stream: true }), controller); },
      flush(controller) { put(decoder.decode(), controller); },
    });
    this.#decoder = decoder;
  }
  get encoding() { return this.#decoder.encoding; }
  get fatal() { return this.#decoder.fatal; }
  get ignoreBOM() { return this.#decoder.ignoreBOM; }
}

for (const [type, name] of [[TextEncoderStream, 'TextEncoderStream'], [TextDecoderStream, 'TextDecoderStream']]) {
  Object.defineProperty(type, 'name', { value: name });
  Object.defineProperty(type.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

export { ReadableStream, TransformStream, WritableStream };
export default {
  ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TextDecoderStream,
  TextEncoderStream, TransformStream, TransformStreamDefaultController, WritableStream, WritableStreamDefaultController,
  WritableStreamDefaultWriter,
};
