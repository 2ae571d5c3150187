// What process says of itself, without what differs from machine to machine.
console.log(process.platform, typeof process.pid, typeof process.ppid, process.argv.length, process.execArgv, typeof process.version);
console.log(Object.prototype.toString.call(process), process instanceof require('node:events'), process.exitCode, process.title !== undefined);
process.env.DV8_TEST = 5;
console.log(process.env.DV8_TEST, typeof process.env.DV8_TEST, 'DV8_TEST' in process.env, Object.keys(process.env).includes('DV8_TEST'));
delete process.env.DV8_TEST;
console.log(process.env.DV8_TEST, 'DV8_TEST' in process.env, process.env.hasOwnProperty('PATH') === ('PATH' in process.env));
const [seconds, nanoseconds] = process.hrtime();
console.log(Number.isInteger(seconds), nanoseconds < 1e9, typeof process.hrtime.bigint(), process.hrtime([seconds, nanoseconds])[0] >= 0);
console.log(process.uptime() > 0, process.memoryUsage().heapUsed > 0, process.memoryUsage.rss() > 0, process.cpuUsage().user >= 0);
console.log(process.umask() === process.umask(process.umask()), typeof process.getuid(), Array.isArray(process.getgroups()));
const before = process.cwd();
process.chdir('/');
console.log(process.cwd());
process.chdir(before);
for (const run of [() => process.chdir('/does/not/exist'), () => process.chdir(1), () => process.kill(process.pid, 'SIGNOPE'), () => process.kill('x'),
                   () => { process.exitCode = 'x'; }, () => process.hrtime(1), () => process.nextTick(1), () => process.emitWarning(1),
                   () => process.setUncaughtExceptionCaptureCallback(1)]) {
  try {
    run();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error.code, error.message.replace(before, '<cwd>'));
  }
}
console.log(process.kill(process.pid, 0), process.stdout.isTTY, process.stdout.fd, process.stderr.fd, process.stdout.writable);
console.log(process.stdout.write('written\n'), process.release.name, process.arch.length > 0, process.versions.v8.length > 0);
process.once('SIGUSR2', (name, number) => {
  console.log('signal', name, number);
  clearInterval(alive);
});
const alive = setInterval(() => {}, 1000);
process.kill(process.pid, 'SIGUSR2');
process.on('warning', (warning) => console.log(warning.name, warning.code, warning.message));
process.emitWarning('careful', { type: 'Custom', code: 'C1' });
let times = 0;
process.on('beforeExit', (code) => {
  console.log('beforeExit', code);
  if (times++ === 0) setTimeout(() => console.log('one more'), 1);
});
process.on('exit', (code) => {
  console.log('exit', code, process.exitCode);
  process.exitCode = 0;
});
