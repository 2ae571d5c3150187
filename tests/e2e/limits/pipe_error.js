// A listener takes the error of a pipe that nobody reads; console's first one is nobody's business.
process.stdout.on('error', ({ code, syscall }) => {
  console.error(code, syscall);
  process.exit(7);
});
setInterval(() => process.stdout.write('line\n', (error) => { if (error) console.error('callback', error.code); }), 1);
