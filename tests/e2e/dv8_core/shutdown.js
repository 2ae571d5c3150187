const { Timer } = module('timer', {});
new Timer().start(() => console.log('never'), 100000);
console.log('before');
shutdown();
