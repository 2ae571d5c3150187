const { Timer } = library('timer', {});
const t = new Timer();
for (const a of [[], [() => {}], [() => {}, -1], [() => {}, NaN], [() => {}, 1, -1], [5, 1]])
  try {
    t.start(...a);
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
