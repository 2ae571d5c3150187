'use strict';
const measure = require('./measure.js');

const ascii = (n) => 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(n / 45)).slice(0, n);
const german = 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. '.repeat(16);
const mixed = 'Привет, мир — 世界 🙂 hello. '.repeat(40);
const small = Buffer.from(ascii(32));
const large = Buffer.from(ascii(64 * 1024));
const latin = Buffer.from(german);
const wide = Buffer.from(mixed);
const base64 = large.toString('base64');
const hex = large.toString('hex');
const target = Buffer.alloc(256 * 1024);
const bytes = Buffer.alloc(64 * 1024, 7);
const other = Buffer.from(bytes);
const short = ascii(32);
const long = ascii(64 * 1024);
const pattern = Buffer.from(ascii(64 * 1024));
pattern.write('needle in it', 60000);

measure({
  'Buffer toString utf8 32': () => small.toString().length,
  'Buffer toString utf8 64K': () => large.toString().length,
  'Buffer toString utf8 latin1 text 1K': () => latin.toString().length,
  'Buffer toString utf8 wide text 1K': () => wide.toString().length,
  'Buffer toString latin1 64K': () => large.latin1Slice().length,
  'Buffer toString hex 32': () => small.toString('hex').length,
  'Buffer toString hex 64K': () => large.toString('hex').length,
  'Buffer toString base64 32': () => small.toString('base64').length,
  'Buffer toString base64 64K': () => large.toString('base64').length,
  'Buffer toString utf16le 64K': () => large.toString('utf16le').length,
  'Buffer from utf8 32': () => Buffer.from(short).length,
  'Buffer from utf8 64K': () => Buffer.from(long).length,
  'Buffer from utf8 wide text 1K': () => Buffer.from(mixed).length,
  'Buffer from base64 64K': () => Buffer.from(base64, 'base64').length,
  'Buffer from hex 64K': () => Buffer.from(hex, 'hex').length,
  'Buffer from latin1 64K': () => Buffer.from(long, 'latin1').length,
  'Buffer write utf8 32': () => target.write(short, 3),
  'Buffer write utf8 64K': () => target.write(long, 3),
  'Buffer write latin1 32': () => target.latin1Write(short, 3),
  'Buffer write wide text 1K': () => target.write(mixed, 3),
  'Buffer write utf16le 64K': () => target.write(long, 2, 'utf16le'),
  'Buffer byteLength 32': () => Buffer.byteLength(short),
  'Buffer byteLength wide text 1K': () => Buffer.byteLength(mixed),
  'Buffer compare 64K': () => Buffer.compare(bytes, other),
  'Buffer equals 64K': () => (bytes.equals(other) ? 1 : 0),
  'Buffer copy 1K': () => large.copy(target, 5, 100, 1124),
  'Buffer indexOf string 64K': () => pattern.indexOf('needle in it'),
  'Buffer indexOf byte 64K': () => bytes.indexOf(8),
  'Buffer lastIndexOf string 64K': () => pattern.lastIndexOf('nothing there'),
  'Buffer includes buffer 64K': () => (pattern.includes(small) ? 1 : 0),
  'Buffer fill string 1K': () => target.fill('abc', 0, 1024)[0],
  'Buffer swap16 64K': () => bytes.swap16()[0],
  'Buffer swap64 64K': () => bytes.swap64()[0],
  'Buffer alloc 64': () => Buffer.alloc(64).length,
  'Buffer allocUnsafe 1K': () => Buffer.allocUnsafe(1024).length,
  'Buffer allocUnsafe 64K': () => Buffer.allocUnsafe(65536).length,
  'Buffer concat 4 x 32': () => Buffer.concat([small, small, small, small]).length,
  'Buffer isUtf8 64K': () => (require('buffer').isUtf8(large) ? 1 : 0),
  'atob 1K': () => atob(base64.slice(0, 1024)).length,
  'btoa 1K': () => btoa(long.slice(0, 1024)).length,
});
