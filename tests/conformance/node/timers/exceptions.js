// Behind an exception that a listener takes, the timers and immediates that are due run before the ticks.
process.on('uncaughtException', (error) => console.log('caught', error));
const busy = (ms) => { for (const end = Date.now() + ms; Date.now() < end;); };
const say = (text) => () => console.log(text);
function throwing(name) {
  process.nextTick(say(`${name}: tick`));
  Promise.resolve().then(say(`${name}: microtask`));
  throw name;
}

setTimeout(throwing, 1, 'timer');
setTimeout(say('timer of its list'), 1);
setTimeout(say('timer of another list'), 2);
busy(5);

setTimeout(() => {
  setImmediate(throwing, 'immediate');
  setImmediate(say('immediate 2'));
  setImmediate(say('immediate 3'));
}, 200);
setTimeout(() => {
  process.nextTick(throwing, 'tick');
  process.nextTick(say('tick 2'));
  setImmediate(say('immediate behind ticks'));
}, 400);
let count = 0;
const interval = setInterval(() => {
  if (++count === 3) clearInterval(interval);
  throw `interval ${count}`;
}, 600);
