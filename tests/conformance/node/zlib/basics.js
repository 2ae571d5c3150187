// Compression and its inverses, at once and as streams. Compressed bytes are not printed: they
// depend on zlib's version.
const zlib = require('zlib');
const { pipeline, Readable } = require('stream');
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(2000);
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.errno, error.message);
  }
};
for (const [to, from] of [['deflateSync', 'inflateSync'], ['gzipSync', 'gunzipSync'], ['deflateRawSync', 'inflateRawSync'], ['gzipSync', 'unzipSync'], ['deflateSync', 'unzipSync']]) {
  show(to, () => { const packed = zlib[to](text); return [packed.length < text.length / 10, zlib[from](packed).toString() === text, zlib[from](zlib[to]('')).length]; });
}
for (const options of [{ level: 0 }, { level: 9, memLevel: 9 }, { strategy: zlib.constants.Z_HUFFMAN_ONLY }, { windowBits: 9 }, { chunkSize: 64 }]) {
  show('options', () => zlib.inflateSync(zlib.deflateSync(text, options), options.windowBits ? { windowBits: 15 } : {}).toString() === text);
}
const packed = zlib.gzipSync(text);
show('cut', () => zlib.gunzipSync(packed.subarray(0, 100)));
show('cut', () => zlib.gunzipSync(packed.subarray(0, 100), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).length > 0);
show('bad', () => zlib.inflateSync(Buffer.from('nonsense')));
show('bad', () => zlib.gunzipSync(Buffer.from('nonsense')));
show('bad', () => zlib.inflateRawSync(Buffer.from([0xff, 0xff])));
show('members', () => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two')])).toString());
show('garbage', () => zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one'), Buffer.from('xx')])).toString());
show('too large', () => zlib.gunzipSync(packed, { maxOutputLength: 100 }));
const dictionary = Buffer.from('quick brown fox');
show('dictionary', () => zlib.inflateSync(zlib.deflateSync('a quick brown fox', { dictionary }), { dictionary }).toString());
show('dictionary', () => zlib.inflateSync(zlib.deflateSync('a quick brown fox', { dictionary })));
show('type', () => zlib.gzipSync(5));
show('level', () => zlib.gzipSync('x', { level: 10 }));
show('level', () => zlib.createGzip({ level: 'x' }));
show('chunk', () => zlib.createGzip({ chunkSize: 1 }));
show('callback', () => zlib.gzip('x'));
show('view', () => zlib.inflateSync(zlib.deflateSync(new Uint16Array([1, 2]))));
console.log(zlib.constants.Z_BEST_SPEED, zlib.codes.Z_DATA_ERROR, zlib.codes['-3'], zlib.Z_FINISH);
(async () => {
  await new Promise((resolve) => zlib.gzip(text, (error, result) => { console.log(error, zlib.gunzipSync(result).length); resolve(); }));
  await new Promise((resolve) => zlib.gunzip('zzz', (error) => { console.log(error.code, error.message); resolve(); }));
  const parts = [];
  await new Promise((resolve, reject) => pipeline(Readable.from([text.slice(0, 50000), text.slice(50000)]), zlib.createGzip(), zlib.createGunzip({ chunkSize: 1000 }), async (source) => { for await (const part of source) parts.push(part); }, (error) => (error ? reject(error) : resolve())));
  console.log(Buffer.concat(parts).toString() === text);
  const gunzip = zlib.createGunzip();
  gunzip.on('error', (error) => console.log('error', error.code, error.message)).on('close', () => console.log('close'));
  gunzip.end('not gzip');
  await new Promise(setImmediate);
  const deflate = zlib.createDeflate();
  const seen = [];
  deflate.on('data', (chunk) => seen.push(chunk));
  deflate.write('hello');
  await new Promise((resolve) => deflate.flush(resolve));
  console.log(zlib.inflateSync(Buffer.concat(seen), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString(), deflate.bytesWritten, deflate instanceof zlib.Deflate, deflate instanceof require('stream').Transform);
  deflate.end();
  await new Promise((resolve) => deflate.on('end', resolve));
  await require('util').promisify(zlib.deflate)('promised').then((result) => console.log(zlib.inflateSync(result).toString()));
})();
