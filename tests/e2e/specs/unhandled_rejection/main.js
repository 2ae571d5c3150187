process.on('exit', (code) => console.log('exit', code));
async function fails() {
  await null;
  throw new TypeError('nobody catches this');
}
fails();
setTimeout(() => console.log('not reached'), 1000);
