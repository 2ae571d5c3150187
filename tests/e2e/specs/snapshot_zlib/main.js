const zlib = require('zlib');
const text = 'packed when packing '.repeat(5000);
const packed = ['gzipSync', 'deflateSync', 'deflateRawSync'].map((name) => zlib[name](text));
const whole = [zlib.gunzipSync(packed[0]), zlib.inflateSync(packed[1]), zlib.inflateRawSync(packed[2]), zlib.unzipSync(packed[1])].every((bytes) => bytes.toString() === text);
let refused;
try {
  zlib.gunzipSync(Buffer.from('no gzip'));
} catch (error) {
  refused = error;
}
const closed = zlib.createGzip();
closed.close();
dv8.main(() => {
  console.log(whole, refused.code, packed.every((bytes) => bytes.length > 0));
  console.log(zlib.gunzipSync(packed[0]).length, zlib.inflateSync(packed[1]).length, zlib.inflateRawSync(packed[2]).length);
  closed.write('too late', (error) => console.log(error.code));
});
