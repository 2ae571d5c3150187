// node:zlib: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:zlib', 'brotliCompress brotliCompressSync brotliDecompress brotliDecompressSync crc32 createBrotliCompress createBrotliDecompress createDeflate createDeflateRaw createGunzip createGzip createInflate createInflateRaw createUnzip deflate deflateRaw deflateRawSync deflateSync gunzip gunzipSync gzip gzipSync inflate inflateRaw inflateRawSync inflateSync unzip unzipSync'),
  constants: {},
};
