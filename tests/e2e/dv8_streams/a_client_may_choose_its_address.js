const { Socket, TCP } = module('socket', {});
const c = new Socket(TCP);
c.setup(new ArrayBuffer(8));
c.onConnect(() => c.close());
console.log(c.bind('nowhere'), c.bind('127.0.0.2'), c.connect('127.0.0.1', Number(args[2])));
