// The global crypto (W3C Web Cryptography): random values, UUIDs and subtle.digest.
'use strict';

const native = internalBinding('dv8/crypto');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { lazyDOMException } = require('internal/util');
const { notSupportedAll } = require('internal/dv8/not_supported');

const key = Symbol('constructs');

function domError(message, name) { return lazyDOMException(message, name); }

class SubtleCrypto {
  constructor(secret) { if (secret !== key) throw new ERR_ILLEGAL_CONSTRUCTOR(); }
  /** SHA-1, SHA-256, SHA-384 or SHA-512 of the bytes. */
  async digest(algorithm, data) {
    const name = `${algorithm?.name ?? algorithm}`;
    const { digest, kindOf } = require('internal/dv8/crypto_hash');
    if (!/^sha-(1|256|384|512)$/i.test(name)) throw domError(`Unrecognized algorithm name`, 'NotSupportedError');
    return digest(kindOf(name.toLowerCase().replace('-', '')), ArrayBuffer.isView(data) ? data : new Uint8Array(data));
  }
}
Object.assign(SubtleCrypto.prototype, notSupportedAll(
  'crypto.subtle', 'decrypt deriveBits deriveKey encrypt exportKey generateKey importKey sign unwrapKey verify wrapKey'));

class Crypto {
  #subtle = new SubtleCrypto(key);
  constructor(secret) { if (secret !== key) throw new ERR_ILLEGAL_CONSTRUCTOR(); }
  get subtle() { return this.#subtle; }
  /** Fills an integer array of up to 65536 bytes. */
  getRandomValues(view) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView || view instanceof Float32Array || view instanceof Float64Array) {
      throw domError('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (view.byteLength > 65536) {
      throw domError(`The requested length exceeds 65,536 bytes`, 'QuotaExceededError');
    }
    native.random(view);
    return view;
  }
  /** RFC 9562, version 4. */
  randomUUID() {
    const bytes = new Uint8Array(16);
    native.random(bytes);
    bytes[6] = (bytes[6] & 0x0F) | 0x40;
    bytes[8] = (bytes[8] & 0x3F) | 0x80;
    let text = '';
    for (let i = 0; i < 16; i++) {
      if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
      text += (bytes[i] + 0x100).toString(16).slice(1);
    }
    return text;
  }
  get [Symbol.toStringTag]() { return 'Crypto'; }
}
for (const [type, name] of [[Crypto, 'Crypto'], [SubtleCrypto, 'SubtleCrypto']]) Object.defineProperty(type, 'name', { value: name });

/** Of keys there are none yet. */
class CryptoKey {
  constructor() { throw new ERR_ILLEGAL_CONSTRUCTOR(); }
}

module.exports = { Crypto, CryptoKey, SubtleCrypto, crypto: new Crypto(key) };
