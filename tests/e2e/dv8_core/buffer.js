const b = new Buffer();
console.log(b.size, b.bytes, b.alloc());
const memory = b.alloc(16);
console.log(
  memory instanceof ArrayBuffer,
  memory.byteLength,
  memory === b.bytes,
  b.size,
  new Uint8Array(memory).every((x) => x === 0),
);
console.log(b.write('h\u00e9llo'), b.read(0, 6), b.write('x', 15), b.read(15, 1), JSON.stringify(b.read(3, 0)));
const c = new Buffer();
c.alloc(4);
console.log(b.copy(c, 4), c.read(0, 4) === b.read(0, 4));
for (const f of [
  () => b.read(10, 7),
  () => b.read(-1, 1),
  () => b.read(0.5, 1),
  () => b.write('ab', 15),
  () => b.copy(c, 5),
  () => b.copy(c, 17),
  () => b.alloc(-1),
  () => b.alloc(2 ** 40),
  () => b.copy({}, 1),
])
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
console.log(b.read(15, 1));
b.free();
b.free();
console.log(b.size, b.bytes);
try {
  b.write('a');
} catch (e) {
  console.log(e.message);
}
