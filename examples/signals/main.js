// Counts SIGUSR1, sends itself three of them, and ends at SIGTERM.
const { OS } = module('os', {});
const { Timer } = module('timer', {});

const SIGUSR1 = 10;
const SIGTERM = 15;
const users = new OS();
let count = 0;
users.onSignal((number) => {
  console.log(`signal ${number}: ${++count}`);
  return count === 3 ? 1 : 0; // 1: no more.
}, SIGUSR1);

const end = new OS();
end.onSignal((number) => {
  console.log(`signal ${number}: the end`);
  return 1;
}, SIGTERM);

const timer = new Timer();
timer.start(() => {
  process.kill(process.pid, count < 3 ? 'SIGUSR1' : 'SIGTERM');
  if (count === 3) timer.stop();
}, 10, 10);
