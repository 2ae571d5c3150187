// ref, unref and refresh of timers that wait, that have run and that were cleared.
const ran = setTimeout(() => {}, 1);
const ranUnref = setTimeout(() => {}, 1).unref();
const cleared = setTimeout(() => {}, 1);
clearTimeout(cleared);
console.log(ran.hasRef(), ranUnref.hasRef(), cleared.hasRef());
console.log(cleared.refresh() === cleared, cleared.ref().hasRef(), cleared.unref().hasRef());

setTimeout(() => {
  console.log('after', ran.hasRef(), ranUnref.hasRef(), cleared.hasRef());
  // Starts again, and as before the second does not hold the process.
  ran._onTimeout = () => console.log('again');
  ranUnref._onTimeout = () => console.log('never');
  ran.refresh();
  ranUnref._idleTimeout = 5000;
  ranUnref.refresh();
  clearTimeout(ran);
  ran.ref();
}, 20);

let rounds = 0;
const refreshed = setTimeout(() => {
  console.log('round', ++rounds);
  if (rounds < 3) refreshed.refresh();
}, 30);
const interval = setInterval(() => {
  interval.refresh();
  console.log('interval');
  clearInterval(interval);
}, 200);
const inOwnCallback = setTimeout(() => { clearTimeout(inOwnCallback); inOwnCallback.refresh(); }, 10);
const immediate = setImmediate(() => console.log('immediate', immediate.hasRef()));
console.log(immediate.hasRef(), immediate.unref().hasRef(), immediate.ref().hasRef());
setTimeout(() => {}, 1.7)._idleTimeout === 1.7 ? console.log('fraction kept') : console.log('fraction lost');
process.on('exit', () => console.log('exit'));
