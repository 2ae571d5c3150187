const b = Buffer.alloc(8);
console.log(b.bytes instanceof ArrayBuffer, b.size, b.bytes.byteLength);
b.write('abc', 2);
console.log(b.read(2, 3), new Uint8Array(b.bytes)[2]);
console.log(Buffer.fromString('h\u00e9').size, Buffer.fromString('xy').read(0, 2));
b.free();
try {
  b.read(7, 2);
  console.log('no error');
} catch (e) {
  console.log(e.name);
}
