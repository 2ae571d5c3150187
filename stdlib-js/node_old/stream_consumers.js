// node:stream/consumers: everything that a stream gives, as one value.
import { Buffer } from './buffer.js';

async function collect(stream) {
  const parts = [];
  for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : new Uint8Array(part.buffer ?? part))));
}
async function text(stream) {
  const { TextDecoder } = require('../web/encoding.js');
  return new TextDecoder().decode(await collect(stream));
}

export default {
  async arrayBuffer(stream) { return new Uint8Array(await collect(stream)).buffer; },
  async blob(stream) { return new (require('../web/blob.js').Blob)([await collect(stream)]); },
  buffer: collect,
  async json(stream) { return JSON.parse(await text(stream)); },
  text,
};
