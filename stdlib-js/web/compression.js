// The globals CompressionStream and DecompressionStream (WHATWG Compression), over node:zlib.
import zlib from '../node_old/zlib.js';
import { ERR_INVALID_ARG_VALUE } from '../internal/errors.js';
import { TransformStream } from './streams.js';

class Pair {
  #transform;
  constructor(format, makers) {
    if (!Object.hasOwn(makers, format)) throw new ERR_INVALID_ARG_VALUE('format', format, "must be one of: 'deflate', 'deflate-raw', 'gzip'");
    const engine = makers[format]();
    const step = (run) => new Promise((resolve, reject) => {
      engine.once('error', reject);
      run((error) => {
        engine.off('error', reject);
        if (error) reject(error);
        else resolve();
      });
    });
    this.#transform = new TransformStream({
      start(controller) { engine.on('data', (chunk) => controller.enqueue(new Uint8Array(chunk))); },
      transform(chunk) { return step((done) => engine.write(chunk, done)); },
      flush() { return step((done) => engine.once('end', done).end()); },
    });
  }
  get readable() { return this.#transform.readable; }
  get writable() { return this.#transform.writable; }
}

export class CompressionStream extends Pair {
  constructor(format) {
    super(format, { 'deflate': zlib.createDeflate, 'deflate-raw': zlib.createDeflateRaw, 'gzip': zlib.createGzip });
  }
}
export class DecompressionStream extends Pair {
  constructor(format) {
    super(format, { 'deflate': zlib.createInflate, 'deflate-raw': zlib.createInflateRaw, 'gzip': zlib.createGunzip });
  }
}

export default { CompressionStream, DecompressionStream };
