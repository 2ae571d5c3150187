const { a, b } = require('./pair.js');
const event = args[2];
b[`on${event}`](() => {
  console.log(event);
  b.close(0);
  b.close(0);
  a.close(0);
});
b.resume();
const trigger = {
  Read: () => a.writeText('x'),
  End: () => a.close(),
  Write: () => b.writeText('x'),
  Drain: () => {
    b.setup(b.memory, new Uint8Array(1 << 22));
    b.write(1 << 22);
    a.onRead(() => {});
    a.resume();
  },
};
trigger[event]();
