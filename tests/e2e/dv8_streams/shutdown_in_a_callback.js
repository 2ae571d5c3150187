const { Socket } = module('socket', {});
const { a, b } = require('./pair.js');
const { Timer } = module('timer', {});
new Timer().start(() => {}, 1000, 1000);
setInterval(() => {}, 1000);
const server = new Socket(0);
server.listen('127.0.0.1', 0);
b.onRead(() => {
  shutdown();
  shutdown();
  console.log('shut', b.write(1));
});
b.resume();
a.writeText('x');
onExit(() => console.log('exit'));
