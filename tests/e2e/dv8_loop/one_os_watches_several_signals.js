const { OS } = module('os', {});
const os = new OS();
let n = 0;
console.log(
  os.onSignal(() => console.log('first'), 10),
  os.onSignal((s) => {
    console.log('last', s);
    return 1;
  }, 12),
  os.onSignal(() => {}, 9),
);
process.kill(process.pid, 10);
setTimeout(() => process.kill(process.pid, 12), 5);
