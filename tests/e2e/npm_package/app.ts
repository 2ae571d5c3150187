const greeting: string = process.env.GREETING ?? 'hello';
console.log(greeting, ...process.argv.slice(2));
if (process.argv[2] === 'fail') process.exitCode = 7;
if (process.argv[2] === 'wait') {
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(3); });
  setInterval(() => {}, 1000);
}
