// Text in the encodings that Node knows, for what the small start writes. Evaluated at the first use of another than
// UTF-8.
import { encode } from 'internal:buffer';
import { ERR_UNKNOWN_ENCODING } from './errors.js';

const NUMBERS = {
  __proto__: null, utf8: 0, 'utf-8': 0, utf16le: 1, 'utf-16le': 1, ucs2: 1, 'ucs-2': 1, latin1: 2, binary: 2, ascii: 2,
  hex: 4, base64: 5, base64url: 6,
};

/** @throws {TypeError} ERR_UNKNOWN_ENCODING. */
export function bytesIn(text, encoding) {
  const number = NUMBERS[`${encoding}`.toLowerCase()];
  if (number === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return new Uint8Array(encode(text, number));
}
