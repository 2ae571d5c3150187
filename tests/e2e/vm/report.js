// What a program finds in its machine. Strings alone: others have colours on a console.
const fs = require('fs');
const os = require('os');
const { spawnSync } = require('child_process');

console.log('arguments', ...process.argv.slice(2));
console.log(`variables ${process.env.A} ${process.env.B} ${process.env.ip} ${process.env.exit_port}`);
const addresses = Object.entries(os.networkInterfaces()).map(([name, [first]]) => `${name}=${first.cidr}`);
console.log('network', ...addresses, fs.existsSync('/etc/resolv.conf') ? fs.readFileSync('/etc/resolv.conf', 'utf8').trim() : '-');
console.log(`user ${os.userInfo().username} ${os.homedir()} ${process.pid > 1} ${process.ppid}`);
fs.writeFileSync('/tmp/x', 'x');
console.log('folders', ...['/dev/null', '/dev/shm', '/dev/pts/ptmx', '/proc/self/exe', '/sys/class/net', '/run', '/tmp/x'].map((path) => `${fs.existsSync(path)}`));
// A child of a child that outlives it becomes the first process's, which reaps it.
if (process.argv[2] === 'orphans') {
  const child = spawnSync(process.execPath, ['-e', "require('child_process').spawn(process.execPath, ['-e', '0'], { detached: true, stdio: 'ignore' }).unref()"]);
  const zombies = () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return / Z 1 /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
  setTimeout(() => console.log(`orphans ${child.status} ${zombies().length}`), 1500);
}
process.exitCode = 7;
