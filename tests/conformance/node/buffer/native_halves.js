// The slices and writes of one encoding convert their numbers; a receiver that is no buffer is refused.
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
const bytes = Buffer.from('abc');
for (const receiver of [{ length: 3 }, 'abc']) {
  for (const method of ['toString', 'utf8Slice', 'hexSlice']) show(method, () => Buffer.prototype[method].call(receiver));
  show('utf8Write', () => Buffer.prototype.utf8Write.call(receiver, 'a'));
}
show('toString', () => Buffer.prototype.toString.call(new Uint8Array([65, 66])));
for (const value of ['1', NaN, -1, -0, 2, 5, 1.5, null, {}, true, undefined]) {
  for (const name of ['utf8', 'latin1', 'hex', 'base64']) {
    show(`${name}Slice ${String(value)}`, () => bytes[`${name}Slice`](value));
    show(`${name}Slice 0 ${String(value)}`, () => bytes[`${name}Slice`](0, value));
    if (name === 'utf8' || name === 'latin1') show(`${name}Write ${String(value)}`, () => Buffer.alloc(3)[`${name}Write`]('aa', value));
  }
  show(`latin1Write 0 ${String(value)}`, () => Buffer.alloc(3).latin1Write('aa', 0, value));
}
