import { close, open, url, waitForDebugger } from 'node:inspector';

process.on('SIGUSR1', () => console.log('usr1', url()));
process.kill(process.pid, 'SIGUSR1');
setTimeout(() => {
  const closed = open(0, '127.0.0.1');
  try {
    open(0);
  } catch (error) {
    console.log(error.code);
  }
  console.log(url() !== undefined, process.debugPort === Number(new URL(url()).port));
  closed[Symbol.dispose]();
  console.log(url());
  close();
  open(0, '127.0.0.1', true);
  let seen = 'here';
  debugger;
  console.log(seen);
}, 200);
