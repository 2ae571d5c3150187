const { Thread } = library('thread', {});
globalThis.mine = 1;
let here = 2;
module('timer', {});
new Thread().start(
  () => {
    console.log(typeof mine, typeof here, typeof workerData);
    const { Timer } = module('timer', {});
    const t = new Timer();
    t.start(() => {
      console.log('timer');
      setTimeout(() => Promise.resolve().then(() => console.log('timeout')), 1);
    }, 1);
    onExit(() => console.log('exit'));
  },
  () => console.log('done', mine, here),
);
