// node:querystring.
import { Buffer } from './buffer.js';
import { ERR_INVALID_URI } from '../internal/errors.js';

/** Percent-encodes all but letters, digits and -_.!~*'(). */
export function escape(text) {
  if (typeof text !== 'string') text = typeof text === 'object' ? String(text) : `${text}`;
  try {
    return encodeURIComponent(text);
  } catch {
    throw new ERR_INVALID_URI();
  }
}

/** The bytes that `text` stands for; "%" without two hex digits stays. */
export function unescapeBuffer(text, decodeSpaces) {
  const bytes = Buffer.from(text);
  const out = Buffer.allocUnsafe(bytes.length);
  let size = 0;
  for (let i = 0; i < bytes.length; i++) {
    let byte = bytes[i];
    if (byte === 0x2B && decodeSpaces) {
      byte = 0x20;
    } else if (byte === 0x25) {
      const digits = bytes.latin1Slice(i + 1, Math.min(i + 3, bytes.length));
      if (/^[0-9a-fA-F]{2}$/.test(digits)) {
        byte = parseInt(digits, 16);
        i += 2;
      }
    }
    out[size++] = byte;
  }
  return out.subarray(0, size);
}

/** decodeURIComponent that never fails: what is not UTF-8 becomes U+FFFD. */
export function unescape(text, decodeSpaces) {
  try {
    return decodeURIComponent(text);
  } catch {
    return querystring.unescapeBuffer(text, decodeSpaces).toString();
  }
}

function primitive(value) {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  return '';
}

/** "a=1&b=2" from an object; an array gives its key once an element. */
export function stringify(object, separator, equals, options) {
  separator ||= '&';
  equals ||= '=';
  const encode = typeof options?.encodeURIComponent === 'function' ? options.encodeURIComponent : querystring.escape;
  if (object === null || typeof object !== 'object') return '';
  const parts = [];
  for (const key of Object.keys(object)) {
    const start = `${encode(primitive(key))}${equals}`;
    for (const value of Array.isArray(object[key]) ? object[key] : [object[key]]) parts.push(start + encode(primitive(value)));
  }
  return parts.join(separator);
}

function decodeWith(decode, text) {
  try {
    return decode(text);
  } catch {
    return querystring.unescape(text, true);
  }
}

/** An object without prototype; keys that come twice have arrays. maxKeys 0 means any number. */
export function parse(text, separator, equals, options) {
  const result = { __proto__: null };
  if (typeof text !== 'string' || text.length === 0) return result;
  separator = separator ? `${separator}` : '&';
  equals = equals ? `${equals}` : '=';
  const most = typeof options?.maxKeys === 'number' ? options.maxKeys : 1000;
  const custom = typeof options?.decodeURIComponent === 'function' ? options.decodeURIComponent : undefined;
  const decode = custom ?? querystring.unescape;
  const always = custom !== undefined || querystring.unescape !== unescape;
  const read = (part) => {
    part = part.replaceAll('+', ' ');
    return always || part.includes('%') ? decodeWith(decode, part) : part;
  };
  let count = 0;
  for (const pair of text.split(separator)) {
    if (pair === '') continue;
    if (most > 0 && ++count > most) break;
    const at = pair.indexOf(equals);
    const key = read(at < 0 ? pair : pair.slice(0, at));
    const value = at < 0 ? '' : read(pair.slice(at + equals.length));
    if (!(key in result)) result[key] = value;
    else if (Array.isArray(result[key])) result[key].push(value);
    else result[key] = [result[key], value];
  }
  return result;
}

// Programs may replace escape and unescape here.
const querystring = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
export default querystring;
