// Counts the bytes of standard input, and tells how fast they came.
const { TTY } = module('tty', {});
const { Process } = module('process', {});

const stdin = new TTY(0);
const self = new Process();
const time = new BigUint64Array(1);
const now = () => { self.hrtime(time); return time[0]; };

let bytes = 0;
let start;
stdin.setup(new Buffer().alloc(65536));
stdin.onRead((length) => {
  start ??= now();
  bytes += length;
});
stdin.onEnd(() => {
  const seconds = Number(now() - (start ?? now())) / 1e9;
  console.log(bytes);
  if (seconds > 0) print(`${bytes} bytes ${seconds.toFixed(3)} s ${(bytes / seconds / (1 << 20)).toFixed(0)} MiB/s`);
  stdin.close();
});
stdin.resume();
