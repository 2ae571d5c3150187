// Hash and Hmac of node:crypto. They are streams too: the Transform is made when one of its
// methods is called.
'use strict';

const native = internalBinding('dv8/crypto');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { makeError } = require('internal/dv8/not_supported');
const { validateString } = require('internal/validators');

const kinds = { __proto__: null, md5: 0, sha1: 1, sha224: 2, sha256: 3, sha384: 4, sha512: 5 };
const blockSizes = [64, 64, 64, 64, 128, 128];
const hashNames = ['RSA-MD5', 'RSA-SHA1', 'RSA-SHA224', 'RSA-SHA256', 'RSA-SHA384', 'RSA-SHA512', 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

/** The number of a hash by any of its names: "sha256", "SHA-256", "RSA-SHA256"; undefined for others. */
function kindOf(name) { return kinds[name] ?? kinds[name.toLowerCase().replace(/^rsa-/, '').replace(/^sha-/, 'sha')]; }

/** Bytes or text as what the native update takes. */
function toInput(data, encoding) {
  if (typeof data === 'string') return encoding && encoding !== 'utf8' && encoding !== 'utf-8' && encoding !== 'buffer' ? Buffer.from(data, encoding) : data;
  if (ArrayBuffer.isView(data)) return data;
  throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
}

/** A digest as a Buffer, or as text in `encoding`. */
function toOutput(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

/** The digest of the inputs, one after the other, as an ArrayBuffer. */
function digest(kind, ...inputs) {
  const state = new Uint8Array(native.stateSize);
  native.init(kind, state);
  for (const input of inputs) native.update(kind, state, input);
  return native.finish(kind, state);
}

function finalized() { return makeError(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called'); }

class Digester {
  #stream;
  constructor(kind, state) {
    Object.defineProperty(this, '_kind', { value: kind });
    Object.defineProperty(this, '_state', { value: state });
    Object.defineProperty(this, '_finished', { value: false, writable: true });
  }
  update(data, encoding) {
    if (this._finished) throw finalized();
    native.update(this._kind, this._state, toInput(data, encoding));
    return this;
  }
  digest(encoding) {
    if (this._finished) throw finalized();
    this._finished = true;
    return toOutput(this._finish(), encoding);
  }
  _finish() { return native.finish(this._kind, this._state); }
  static stream(self) {
    return self.#stream ??= new (require('stream').Transform)({
      transform(chunk, encoding, callback) {
        self.update(chunk, encoding);
        callback();
      },
      flush(callback) {
        this.push(self.digest());
        callback();
      },
    });
  }
}
const streamOf = Digester.stream;
delete Digester.stream;

for (const name of [
  'addListener', 'cork', 'destroy', 'emit', 'end', 'eventNames', 'listenerCount', 'listeners', 'off', 'on', 'once', 'pause', 'pipe',
  'prependListener', 'prependOnceListener', 'read', 'removeAllListeners', 'removeListener', 'resume', 'setEncoding',
  'setMaxListeners', 'uncork', 'unpipe', 'write', Symbol.asyncIterator,
]) {
  Object.defineProperty(Digester.prototype, name, {
    configurable: true, writable: true,
    value(...args) {
      const stream = streamOf(this);
      const result = stream[name](...args);
      return result === stream ? this : result;
    },
  });
}
for (const name of ['_readableState', '_writableState', 'readable', 'writable', 'destroyed']) {
  Object.defineProperty(Digester.prototype, name, { configurable: true, get() { return streamOf(this)[name]; } });
}

class Hash extends Digester {
  constructor(algorithm, options) {
    if (algorithm instanceof Hash) {
      if (algorithm._finished) throw finalized();
      super(algorithm._kind, algorithm._state.slice());
      return;
    }
    validateString(algorithm, 'algorithm');
    const kind = kindOf(algorithm);
    if (kind === undefined) throw new Error('Digest method not supported');
    super(kind, new Uint8Array(native.stateSize));
    native.init(kind, this._state);
  }
  copy() { return new Hash(this); }
}

/** RFC 2104. */
class Hmac extends Digester {
  #outer;
  constructor(algorithm, key) {
    validateString(algorithm, 'hmac');
    const kind = kindOf(algorithm);
    if (kind === undefined) throw makeError(Error, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
    const [inner, outer] = pads(kind, keyBytes(key));
    super(kind, new Uint8Array(native.stateSize));
    this.#outer = outer;
    native.init(kind, this._state);
    native.update(kind, this._state, inner);
  }
  _finish() { return digest(this._kind, this.#outer, new Uint8Array(super._finish())); }
}

function keyBytes(key) {
  if (typeof key === 'string') return Buffer.from(key);
  if (ArrayBuffer.isView(key)) return new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
  if (key instanceof ArrayBuffer) return new Uint8Array(key);
  throw new ERR_INVALID_ARG_TYPE('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'], key);
}

function pads(kind, key) {
  const size = blockSizes[kind];
  if (key.length > size) key = new Uint8Array(digest(kind, key));
  const inner = new Uint8Array(size).fill(0x36);
  const outer = new Uint8Array(size).fill(0x5C);
  for (let i = 0; i < key.length; i++) {
    inner[i] ^= key[i];
    outer[i] ^= key[i];
  }
  return [inner, outer];
}

/** A function from a message to its HMAC, for derivations that need many. */
function hmacFunction(kind, key) {
  const [inner, outer] = pads(kind, keyBytes(key));
  const start = (pad) => {
    const state = new Uint8Array(native.stateSize);
    native.init(kind, state);
    native.update(kind, state, pad);
    return state;
  };
  const innerState = start(inner);
  const outerState = start(outer);
  return (message) => {
    const first = innerState.slice();
    native.update(kind, first, message);
    const second = outerState.slice();
    native.update(kind, second, new Uint8Array(native.finish(kind, first)));
    return new Uint8Array(native.finish(kind, second));
  };
}

module.exports = { hashNames, kindOf, digest, Hash, Hmac, hmacFunction, toInput, toOutput, keyBytes };
