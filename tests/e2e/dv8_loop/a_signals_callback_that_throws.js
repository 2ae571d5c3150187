const { OS } = module('os', {});
const os = new OS();
let n = 0;
onUncaughtException((e) => console.log(e.message));
os.onSignal(() => {
  if (++n === 1) process.kill(process.pid, 10);
  else os.close();
  throw new Error('no ' + n);
}, 10);
process.kill(process.pid, 10);
