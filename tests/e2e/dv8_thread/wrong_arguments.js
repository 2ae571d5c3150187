const { Thread, spawn } = library('thread', {});
const t = new Thread();
t.start(() => {});
for (const f of [
  () => t.start(() => {}),
  () => new Thread().start('./none.js'),
  () => new Thread().start(() => {}, 5),
  () => new Thread().start(() => {}, undefined, 5),
  () => spawn('./none.js'),
  () => spawn(1),
])
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.code ?? e.name, e.message);
  }
