const { Handle, made, parse } = require('counters');
const { gc } = require('dv8:core');
const kept = new Handle();
for (let i = 0; i < 100; i++) new Handle();
console.log(kept.name(), made());
gc();
setImmediate(() => {
  gc();
  setImmediate(() => console.log(made()));
});
for (const broken of [() => parse('x'), () => kept.name.call({}), () => new made()]) {
  try {
    broken();
  } catch (error) {
    console.log(error.name);
  }
}
