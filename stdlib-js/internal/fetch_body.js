// Bodies of Request and Response. What is there as text or bytes stays so; a ReadableStream is made when it is asked for,
// and only then has Node's library to be in the program.
import { decode, encode } from 'internal:buffer';
import { loadUndici, lookup } from './registry.js';

const UTF8 = 0;
const kStreams = 'node:stream/web';

/** A module of Node's library; throws with what to do when it was not packed. */
export function nodeModule(name, what) {
  const found = lookup(name);
  if (found !== undefined) return found;
  throw new Error(`${what} needs Node's library, which is not in this executable: pack it with --include=${name}`);
}

/** As `Body` in the Fetch Standard. `source`: text, Uint8Array, Blob, ServeFile, Incoming; undefined when it is a stream alone. */
export class Body {
  constructor(source, stream = undefined) {
    this.source = source;
    this.stream = stream;
    this.used = false;
  }
}

function isStream(value) {
  const streams = lookup(kStreams);
  return streams !== undefined && value instanceof streams.ReadableStream;
}

function tagOf(value) { return value[Symbol.toStringTag]; }

/** [body, content type] of what `new Response(value)` takes, where that is no text. */
export function extract(value) {
  if (typeof value !== 'object') return [new Body(`${value}`.toWellFormed()), 'text/plain;charset=UTF-8'];
  if (value instanceof ArrayBuffer) return [new Body(new Uint8Array(value.slice(0))), undefined];
  if (ArrayBuffer.isView(value)) {
    return [new Body(new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()), undefined];
  }
  if (isStream(value)) {
    if (value.locked || lookup('node:stream').isDisturbed(value)) throw new TypeError('the body is a ReadableStream that is locked or was read');
    return [new Body(undefined, value), undefined];
  }
  const tag = tagOf(value);
  if (value.isServeFile === true) return [new Body(value), value.type];
  if ((tag === 'Blob' || tag === 'File') && typeof value.stream === 'function') return [new Body(value), value.type || undefined];
  if (tag === 'URLSearchParams') return [new Body(`${value}`), 'application/x-www-form-urlencoded;charset=UTF-8'];
  if (tag === 'FormData') {
    const response = new (loadUndici().Response)(value);
    return [new Body(undefined, response.body), response.headers.get('content-type')];
  }
  if (typeof value[Symbol.asyncIterator] === 'function') return [new Body(undefined, fromIterable(value)), undefined];
  return [new Body(`${value}`.toWellFormed()), 'text/plain;charset=UTF-8'];
}

/** What can be read chunk by chunk of an async iterable: a stream where there are streams. */
function fromIterable(iterable) {
  const streams = lookup(kStreams);
  if (streams !== undefined) return streams.ReadableStream.from(iterable);
  return { iterable, locked: false };
}

export function toBytes(chunk) {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return new Uint8Array(encode(chunk, UTF8));
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  throw new TypeError('a chunk of a body must be a Uint8Array');
}

/** Calls `take(bytes)` for each chunk; it may return a promise. `hold` gets what cancels the reading. */
export async function eachChunk(stream, take, hold = () => {}) {
  if (stream.iterable !== undefined) {
    const iterator = stream.iterable[Symbol.asyncIterator]();
    hold((reason) => iterator.return?.(reason));
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      await take(toBytes(value));
    }
  }
  const reader = stream.getReader();
  hold((reason) => reader.cancel(reason));
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const waits = take(toBytes(value));
    if (waits !== undefined) await waits;
  }
}

function joined(chunks, size) {
  if (chunks.length === 1) return chunks[0].slice();
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

async function bytesOfStream(stream) {
  const chunks = [];
  let size = 0;
  await eachChunk(stream, (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  return joined(chunks, size);
}

function textOf(bytes) {
  const start = bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF ? 3 : 0;
  return decode(bytes, start, bytes.length, UTF8);
}

function makeStream(source) {
  const { ReadableStream } = nodeModule(kStreams, 'the `body` of a Request or Response');
  if (source.isIncoming === true) {
    return new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        const chunk = await source.pull();
        if (chunk === null) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(new Uint8Array(chunk));
        }
      },
      cancel() { source.cancel(); },
    }, { highWaterMark: 0 });
  }
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      const bytes = toBytes(source);
      if (bytes.length > 0) controller.enqueue(bytes.slice());
      controller.close();
    },
  });
}

/** The `body` attribute: a ReadableStream, or null. */
export function streamOf(body) {
  if (body === null) return null;
  if (body.stream === undefined) {
    const { source } = body;
    body.stream = typeof source === 'object' && typeof source.stream === 'function' ? source.stream() : makeStream(source);
    if (body.used) body.stream.cancel().catch(() => {});
  } else if (body.stream.iterable !== undefined) {
    nodeModule(kStreams, 'the `body` of a Response');
  }
  return body.stream;
}

export function isUsed(body) {
  if (body === null) return false;
  if (body.used || body.stream === undefined || body.stream.iterable !== undefined) return body.used;
  return lookup('node:stream').isDisturbed(body.stream);
}

export function isUnusable(body) { return isUsed(body) || (body !== null && body.stream?.locked === true); }

export function cloneBody(body) {
  if (body === null) return null;
  const { source } = body;
  if (body.stream === undefined && source.isIncoming !== true) return new Body(source);
  const [one, two] = streamOf(body).tee();
  body.stream = one;
  body.source = undefined;
  return new Body(undefined, two);
}

// 'text' or 'bytes' of a body, which is then used.
function take(body, kind) {
  body.used = true;
  const { source, stream } = body;
  if (stream !== undefined) {
    const bytes = bytesOfStream(stream);
    return kind === 'text' ? bytes.then(textOf) : bytes;
  }
  if (typeof source === 'string') return kind === 'text' ? source : new Uint8Array(encode(source, UTF8));
  if (source instanceof Uint8Array) return kind === 'text' ? textOf(source) : source.slice();
  if (source.isIncoming === true) return kind === 'text' ? source.text() : source.bytes();
  return source.arrayBuffer().then((buffer) => (kind === 'text' ? textOf(new Uint8Array(buffer)) : new Uint8Array(buffer)));
}

/** What text(), bytes() … give. */
export async function consume(body, kind, typeOf) {
  if (isUnusable(body)) throw new TypeError('Body is unusable: Body has already been read');
  switch (kind) {
    case 'text': return body === null ? '' : take(body, 'text');
    case 'json': return JSON.parse(body === null ? '' : await take(body, 'text'));
    case 'bytes': return body === null ? new Uint8Array() : take(body, 'bytes');
    case 'arrayBuffer': {
      const bytes = body === null ? new Uint8Array() : await take(body, 'bytes');
      return bytes.length === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    }
    case 'blob': {
      const { Blob } = nodeModule('node:buffer', 'blob()');
      return new Blob(body === null ? [] : [await take(body, 'bytes')], { type: typeOf() ?? '' });
    }
    default: {
      nodeModule('node:stream/web', 'formData()');
      const headers = typeOf() === null ? {} : { 'content-type': typeOf() };
      return new (loadUndici().Response)(body === null ? null : await take(body, 'bytes'), { headers }).formData();
    }
  }
}

/** Gives `Class` the attributes and methods of the mixin; `bodyOf` says what the body of an instance is. */
export function mixBody(Class, bodyOf) {
  const methods = {
    get body() { return streamOf(bodyOf(this)); },
    get bodyUsed() { return isUsed(bodyOf(this)); },
  };
  for (const kind of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
    // A promise also for a receiver that is none.
    methods[kind] = { async [kind]() { return consume(bodyOf(this), kind, () => this.headers.get('content-type')); } }[kind];
  }
  Object.defineProperties(Class.prototype, Object.getOwnPropertyDescriptors(methods));
}

/** WebIDL's attributes and operations are enumerable. */
export function makeEnumerable(Class, tag) {
  for (const key of Object.getOwnPropertyNames(Class.prototype)) {
    if (key !== 'constructor') Object.defineProperty(Class.prototype, key, { enumerable: true });
  }
  Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: tag, configurable: true });
}
