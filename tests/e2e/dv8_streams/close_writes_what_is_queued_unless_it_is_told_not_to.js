const { a, b } = require('./pair.js');
b.setup(b.memory, new Uint8Array(1 << 22));
const now = b.write(1 << 22);
b.close(...JSON.parse(args[2]));
let got = 0;
a.setup(new Uint8Array(65536));
a.onRead((n) => {
  got += n;
});
a.onEnd(() => {
  console.log(got === 1 << 22, got >= now);
  a.close();
});
a.resume();
