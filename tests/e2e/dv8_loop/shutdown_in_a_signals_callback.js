const { OS } = module('os', {});
const os = new OS();
setInterval(() => {}, 1000);
os.onSignal(() => {
  shutdown();
  console.log('shut');
}, 10);
process.kill(process.pid, 10);
