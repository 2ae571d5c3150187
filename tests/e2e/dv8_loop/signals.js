const { OS } = module('os', {});
const a = new OS();
let n = 0;
a.onSignal(() => console.log('first'));
a.onSignal((s) => {
  console.log('got', s);
  return ++n === 2 ? 1 : 0;
});
const b = new OS();
console.log(
  b.onSignal(() => 1, 10),
  b.onSignal(() => {}, 9),
);
for (const f of [() => b.onSignal(() => {}, 0), () => b.onSignal(() => {}, 1.5), () => b.onSignal()])
  try {
    f();
  } catch (e) {
    console.log(e.message);
  }
b.close();
b.close();
console.log('ready');
