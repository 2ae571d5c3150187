// Reading and writing numbers of every width, and what is refused.
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
const source = Buffer.from([0xff, 0x80, 0x01, 0x7f, 0xc0, 0x00, 0x12, 0xfe, 0x99]);
const names = Object.getOwnPropertyNames(Buffer.prototype).filter((name) => /^read/.test(name)).sort();
for (const name of names) {
  const fixed = /\d+/.test(name);
  for (const args of fixed ? [[], [0], [1], [5], [9], [-1], [1.5], ['1'], [null]] : [[0, 1], [0, 3], [0, 6], [1, 5], [0, 0], [0, 7], [], [8, 2], [0, '1']]) {
    show(`${name}(${args})`, () => source[name](...args));
  }
}
const writers = Object.getOwnPropertyNames(Buffer.prototype).filter((name) => /^write./.test(name)).sort();
for (const name of writers) {
  const big = name.includes('Big');
  const fixed = /\d+/.test(name) || /Double|Float/.test(name);
  for (const value of big ? [1n, -1n, 2n ** 63n, 2n ** 64n, 5] : [1, -1, 255, 256, 65535, -32768, 2 ** 31, 2 ** 32, 1.5, NaN, 'x', 2 ** 47]) {
    show(`${name}(${value})`, () => {
      const buffer = Buffer.alloc(9);
      const result = fixed ? buffer[name](value, 1) : buffer[name](value, 1, 6);
      return [result, buffer];
    });
  }
}
show('offset', () => Buffer.alloc(2).writeUInt32LE(1, 0));
show('offset', () => Buffer.alloc(8).writeUInt8(1, 8));
show('offset', () => Buffer.alloc(8).writeDoubleBE(1, '0'));
