// Prints without end, in the way that its argument names.
let line = 0;
const print = {
  log: () => console.log('line', line++),
  write: () => process.stdout.write(`line ${line++}\n`),
};
const again = { interval: (f) => setInterval(f, 1), immediate: (f) => setImmediate(function next() { f(); setImmediate(next); }) };
const [what, how] = process.argv.slice(2);
process.on('exit', (code) => console.error('exit', code));
again[how](print[what]);
