'use strict';
const measure = require('./measure.js');
const { promisify } = require('util');
const zlib = require('zlib');
const { Readable, Writable } = require('stream');
const { pipeline } = require('stream/promises');

const text = (bytes) => {
  let result = '';
  for (let i = 0; result.length < bytes; i = (i * 16807 + 1) % 2147483647) result += `line ${i % 4096}: the quick brown fox\n`;
  return Buffer.from(result.slice(0, bytes));
};
const small = text(1024);
const large = text(64 * 1024);
const zipped = zlib.gzipSync(large);
const zippedSmall = zlib.gzipSync(small);
const deflated = zlib.deflateRawSync(large);
const quality = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } };
const brotli = zlib.brotliCompressSync(large, quality);
const zstd = zlib.zstdCompressSync(large);
const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.gunzip);
const chunks = Array.from({ length: 16 }, () => large);
const nowhere = () => new Writable({ write(chunk, encoding, done) { done(); } });

measure({
  'zlib gzipSync 1K': () => zlib.gzipSync(small).length,
  'zlib gzipSync 64K': () => zlib.gzipSync(large).length,
  'zlib gunzipSync 1K': () => zlib.gunzipSync(zippedSmall).length,
  'zlib gunzipSync 64K': () => zlib.gunzipSync(zipped).length,
  'zlib deflateRawSync 64K level 1': () => zlib.deflateRawSync(large, { level: 1 }).length,
  'zlib inflateRawSync 64K': () => zlib.inflateRawSync(deflated).length,
  'zlib brotliCompressSync 64K': () => zlib.brotliCompressSync(large, quality).length,
  'zlib brotliDecompressSync 64K': () => zlib.brotliDecompressSync(brotli).length,
  'zlib zstdCompressSync 64K': () => zlib.zstdCompressSync(large).length,
  'zlib zstdDecompressSync 64K': () => zlib.zstdDecompressSync(zstd).length,
  'zlib crc32 64K': () => zlib.crc32(large),
  'zlib gzip 64K': () => gzip(large),
  'zlib gunzip 64K': () => gunzip(zipped),
  'zlib createGzip 1M': () => pipeline(Readable.from(chunks), zlib.createGzip({ level: 1 }), nowhere()),
  'zlib createGunzip 64K': () => pipeline(Readable.from([zipped]), zlib.createGunzip(), nowhere()),
});
