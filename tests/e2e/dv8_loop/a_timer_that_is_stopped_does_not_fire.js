const { Timer } = library('timer', {});
const t = new Timer();
t.start(() => console.log('never'), 20, 20);
console.log(t.stop());
