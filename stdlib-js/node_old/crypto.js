// node:crypto: hashes, HMAC, key derivation from passwords, random numbers. Ciphers and keys
// are not there yet.
import * as native from 'internal:crypto';
import { Buffer } from './buffer.js';
import { Hash, Hmac, digest, hashNames, hmacFunction, keyBytes, kindOf, toInput, toOutput } from '../internal/crypto_hash.js';
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, makeError } from '../internal/errors.js';
import { notSupportedAll } from '../internal/not_supported.js';
import { validateFunction, validateInteger, validateNumber, validateString } from '../internal/validators.js';
import webcrypto from '../web/crypto.js';

function createHash(algorithm, options) { return new Hash(algorithm, options); }
function createHmac(algorithm, key, options) { return new Hmac(algorithm, key, options); }

/** The digest of `data` at once; as hex when nothing else is asked for. */
function hash(algorithm, data, output = 'hex') {
  validateString(algorithm, 'algorithm');
  const kind = kindOf(algorithm);
  if (kind === undefined) throw new Error('Digest method not supported');
  return toOutput(digest(kind, toInput(data)), typeof output === 'object' ? output.outputEncoding : output);
}

function kindOrThrow(name) {
  validateString(name, 'digest');
  const kind = kindOf(name);
  if (kind === undefined) throw makeError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${name}`);
  return kind;
}

function later(callback, work) {
  validateFunction(callback, 'callback');
  let result;
  try {
    result = work();
  } catch (error) {
    setImmediate(callback, error);
    return;
  }
  setImmediate(callback, null, result);
}

function randomBytes(size, callback) {
  validateNumber(size, 'size', 0, 2147483647);
  const work = () => {
    const bytes = Buffer.allocUnsafeSlow(size);
    native.random(bytes);
    return bytes;
  };
  if (callback === undefined) return work();
  later(callback, work);
}

function randomFillSync(view, offset = 0, size = undefined) {
  if (!ArrayBuffer.isView(view) && !(view instanceof ArrayBuffer)) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], view);
  }
  const unit = view.BYTES_PER_ELEMENT ?? 1;
  validateNumber(offset, 'offset', 0, view.byteLength / unit);
  size ??= view.byteLength / unit - offset;
  validateNumber(size, 'size', 0);
  if (offset + size > view.byteLength / unit) throw new ERR_OUT_OF_RANGE('size + offset', `<= ${view.byteLength}`, size + offset);
  native.random(new Uint8Array(view.buffer ?? view, (view.byteOffset ?? 0) + offset * unit, size * unit));
  return view;
}

function randomFill(view, offset, size, callback) {
  if (typeof offset === 'function') [offset, callback] = [undefined, offset];
  else if (typeof size === 'function') [size, callback] = [undefined, size];
  later(callback, () => randomFillSync(view, offset, size));
}

/** An integer with min <= n < max, each as likely as the other. */
function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [min, max, callback] = [0, min, max];
  if (!Number.isSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) throw new ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > 2 ** 48 - 1) throw new ERR_OUT_OF_RANGE('max - min', `<= ${2 ** 48 - 1}`, range);
  const draw = () => {
    // What is left over above a multiple of the range would come too often.
    const limit = 2 ** 48 - (2 ** 48 % range);
    for (;;) {
      const number = randomBytes(6).readUIntBE(0, 6);
      if (number < limit) return min + (number % range);
    }
  };
  if (callback === undefined) return draw();
  later(callback, draw);
}

function timingSafeEqual(a, b) {
  for (const [name, value] of [['buf1', a], ['buf2', b]]) {
    if (!ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) {
      throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
    }
  }
  if (a.byteLength !== b.byteLength) {
    throw makeError(RangeError, 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH', 'Input buffers must have the same byte length');
  }
  return native.equal(a, b);
}

/** PBKDF2 (RFC 8018). */
function pbkdf2Sync(password, salt, iterations, length, name) {
  const kind = kindOrThrow(name);
  validateInteger(iterations, 'iterations', 1, 2147483647);
  validateInteger(length, 'keylen', 0, 2147483647);
  const mac = hmacFunction(kind, keyBytes(password));
  salt = keyBytes(salt);
  const out = Buffer.alloc(length);
  for (let at = 0, block = 1; at < length; block++) {
    const first = Buffer.alloc(salt.length + 4);
    first.set(salt);
    first.writeUInt32BE(block, salt.length);
    let u = mac(first);
    const sum = u.slice();
    for (let i = 1; i < iterations; i++) {
      u = mac(u);
      for (let j = 0; j < sum.length; j++) sum[j] ^= u[j];
    }
    out.set(sum.subarray(0, Math.min(sum.length, length - at)), at);
    at += sum.length;
  }
  return out;
}
function pbkdf2(password, salt, iterations, length, name, callback) {
  later(callback, () => pbkdf2Sync(password, salt, iterations, length, name));
}

/** HKDF (RFC 5869) as an ArrayBuffer. */
function hkdfSync(name, key, salt, info, length) {
  const kind = kindOrThrow(name);
  const mac = hmacFunction(kind, hmacFunction(kind, keyBytes(salt))(keyBytes(key)));
  info = keyBytes(info);
  const out = new Uint8Array(length);
  let block = new Uint8Array(0);
  for (let at = 0, count = 1; at < length; count++) {
    block = mac(Buffer.concat([block, info, Uint8Array.of(count)]));
    out.set(block.subarray(0, Math.min(block.length, length - at)), at);
    at += block.length;
  }
  return out.buffer;
}
function hkdf(name, key, salt, info, length, callback) { later(callback, () => hkdfSync(name, key, salt, info, length)); }

export default {
  ...notSupportedAll('node:crypto', 'Certificate Cipher Decipher DiffieHellman ECDH KeyObject Sign Verify X509Certificate checkPrime ' +
    'createCipheriv createDecipheriv createDiffieHellman createECDH createPrivateKey createPublicKey createSecretKey createSign ' +
    'createVerify diffieHellman generateKey generateKeyPair generateKeyPairSync generateKeySync generatePrime getDiffieHellman ' +
    'privateDecrypt privateEncrypt publicDecrypt publicEncrypt scrypt scryptSync sign verify'),
  Hash,
  Hmac,
  constants: {},
  createHash,
  createHmac,
  getCiphers: () => [],
  getCurves: () => [],
  getFips: () => 0,
  getHashes: () => [...hashNames],
  getRandomValues: (view) => webcrypto.crypto.getRandomValues(view),
  hash,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  pseudoRandomBytes: randomBytes,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID: () => webcrypto.crypto.randomUUID(),
  timingSafeEqual,
  subtle: webcrypto.crypto.subtle,
  webcrypto: webcrypto.crypto,
};
