// Characters that are cut into chunks.
const { StringDecoder } = require('string_decoder');
for (const encoding of ['utf8', 'utf16le', 'base64', 'hex', 'latin1', 'ascii', 'base64url', undefined]) {
  const source = Buffer.from('aä€😀z', encoding === 'utf16le' ? 'utf16le' : 'utf8');
  // Node cuts surrogate pairs where a chunk ends inside one.
  for (const size of encoding === 'utf16le' ? [2, 4, 6] : [1, 2, 3, 5]) {
    const decoder = new StringDecoder(encoding);
    const parts = [];
    for (let i = 0; i < source.length; i += size) parts.push(decoder.write(source.subarray(i, i + size)));
    parts.push(decoder.end());
    console.log(encoding, size, JSON.stringify(parts), decoder.encoding);
  }
}
const d = new StringDecoder('utf8');
console.log(JSON.stringify([d.write(Buffer.from([0xe2, 0x82])), d.end(), d.write(Buffer.from([0xac])), d.end(Buffer.from([0xf0, 0x9f]))]));
console.log(JSON.stringify([d.write(Buffer.from([0xff, 0x61, 0xc3])), d.write(Buffer.from([0x61])), d.write('text')]));
try {
  new StringDecoder('nope');
} catch (error) {
  console.log(error.name, error.code, error.message);
}
try {
  d.write(5);
} catch (error) {
  console.log(error.name, error.code, error.message);
}
