const { Socket, UNIX } = module('socket', {});
const make = () => {
  const s = new Socket(UNIX);
  s.memory = new Uint8Array(16);
  s.setup(s.memory);
  return s;
};
const a = make(),
  b = make();
const fd = a.open();
console.log(fd > 2, b.open(fd));
b.onRead((n) => {
  console.log(String.fromCharCode(...b.memory.subarray(0, n)));
  a.close();
});
b.onEnd(() => {
  console.log('end');
  b.close();
});
b.resume();
a.writeText('pair');
