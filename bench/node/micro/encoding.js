'use strict';
const measure = require('./measure.js');
const { StringDecoder } = require('string_decoder');

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const fatal = new TextDecoder('utf-8', { fatal: true });
const utf16 = new TextDecoder('utf-16le');
const latin = new TextDecoder('latin1');
const ascii = (n) => 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(n / 45)).slice(0, n);
const mixed = 'Привет, мир — 世界 🙂 hello. '.repeat(40);
const short = ascii(32);
const long = ascii(64 * 1024);
const smallBytes = encoder.encode(short);
const largeBytes = encoder.encode(long);
const wideBytes = encoder.encode(mixed);
const units = new Uint8Array(new Uint16Array(Array.from(mixed, (c) => c.charCodeAt(0))).buffer);
const target = new Uint8Array(256 * 1024);
const chunk = Buffer.from(mixed).subarray(0, 1023);
const strings = new StringDecoder('utf8');

measure({
  'TextEncoder encode 32': () => encoder.encode(short).length,
  'TextEncoder encode 64K': () => encoder.encode(long).length,
  'TextEncoder encode wide text 1K': () => encoder.encode(mixed).length,
  'TextEncoder encodeInto 32': () => encoder.encodeInto(short, target).written,
  'TextEncoder encodeInto 64K': () => encoder.encodeInto(long, target).written,
  'TextEncoder encodeInto wide text 1K': () => encoder.encodeInto(mixed, target).written,
  'TextDecoder decode 32': () => decoder.decode(smallBytes).length,
  'TextDecoder decode 64K': () => decoder.decode(largeBytes).length,
  'TextDecoder decode wide text 1K': () => decoder.decode(wideBytes).length,
  'TextDecoder fatal decode 64K': () => fatal.decode(largeBytes).length,
  'TextDecoder stream 1K': () => decoder.decode(chunk, { stream: true }).length,
  'TextDecoder utf-16le 1K': () => utf16.decode(units).length,
  'TextDecoder latin1 64K': () => latin.decode(largeBytes).length,
  'StringDecoder write 1K': () => strings.write(chunk).length,
});
