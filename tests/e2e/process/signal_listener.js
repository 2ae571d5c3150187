const timer = setInterval(() => {}, 1000);
process.once('SIGTERM', (name, n) => {
  console.log(name, n);
  clearInterval(timer);
  process.exitCode = 4;
});
console.log('ready');
