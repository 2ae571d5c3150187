// What is the same on every machine, and the types of what is not.
const os = require('os');
console.log(JSON.stringify(os.EOL), os.devNull, os.platform(), os.type(), os.arch(), os.endianness(), os.machine());
console.log(os.constants.signals.SIGINT, os.constants.signals.SIGTERM, os.constants.errno.ENOENT, os.constants.errno.EADDRINUSE, os.constants.priority);
console.log(typeof os.hostname(), os.hostname().length > 0, typeof os.release(), typeof os.version(), typeof os.uptime(), os.loadavg().length);
console.log(os.cpus().length >= 1, Object.keys(os.cpus()[0]), Object.keys(os.cpus()[0].times), os.availableParallelism() >= 1);
console.log(os.totalmem() > os.freemem(), os.freemem() > 0);
console.log(Object.keys(os.userInfo()).sort(), os.userInfo().uid === process.getuid());
console.log(os.homedir() === (process.env.HOME || os.userInfo().homedir), typeof os.tmpdir());
process.env.HOME = '/elsewhere';
process.env.TMPDIR = '/some/where/';
console.log(os.homedir(), os.tmpdir());
console.log(os.getPriority() === os.getPriority(process.pid));
const local = os.networkInterfaces().lo;
console.log(local === undefined || local.some((entry) => entry.address === '127.0.0.1' && entry.family === 'IPv4' && entry.internal && entry.cidr === '127.0.0.1/8'));
for (const fn of [() => os.getPriority('x'), () => os.setPriority(0, 100), () => os.getPriority(2 ** 31 - 1)]) {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(`${os.hostname}` === os.hostname(), Object.keys(os.constants).sort().join());
