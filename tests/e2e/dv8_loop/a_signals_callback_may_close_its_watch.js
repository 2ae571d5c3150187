const { OS } = module('os', {});
const os = new OS();
os.onSignal((n) => {
  os.close();
  os.close();
  console.log(
    n,
    os.onSignal(() => {}, 10),
  );
}, 10);
process.kill(process.pid, 10);
