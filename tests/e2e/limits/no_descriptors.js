// Uses up the descriptors, then asks for what needs some in the way that its argument names.
const fs = require('fs');
const { execSync, spawn, spawnSync } = require('child_process');
const keep = Number(process.argv[3] ?? 0);
const opened = [];
try {
  for (;;) opened.push(fs.openSync('/dev/null'));
} catch (error) {
  console.log(error.code);
}
for (let i = 0; i < keep; i++) fs.closeSync(opened.pop());

function attempt(what, fn) {
  try {
    fn();
  } catch (error) {
    console.log(what, error.code, error.syscall);
  }
}

const programs = {
  spawnSync() {
    const { error, status } = spawnSync('/bin/true');
    console.log('spawnSync', error?.code, error?.message, status);
    attempt('execSync', () => execSync('true'));
  },
  spawn() {
    attempt('spawn', () => spawn('/bin/true'));
  },
  async files() {
    fs.readFile('/etc/passwd', (error) => console.log('readFile', error.message));
    await fs.promises.stat('/').then((status) => console.log('stat', status.isDirectory()));
    fs.close(opened.pop(), (error) => {
      console.log('close', error);
      // One is free again.
      fs.readFile('/dev/null', (failure, data) => console.log('readFile', failure, data.length));
    });
  },
  timers() {
    attempt('setTimeout', () => setTimeout(() => {}, 1));
    attempt('setImmediate', () => setImmediate(() => {}));
    attempt('signal', () => process.on('SIGUSR2', () => {}));
    attempt('watch', () => fs.watch('/'));
    // What is closed is there for the loop.
    while (opened.length > 0) fs.closeSync(opened.pop());
    setTimeout(() => console.log('timer'), 1);
  },
  ticks() {
    process.on('uncaughtException', (error) => console.log('caught', error));
    process.nextTick(() => console.log('tick'));
    throw 'thrown';
  },
};
programs[process.argv[2]]();
