const { Socket, TCP } = module('socket', {});
const s = new Socket(TCP);
console.log(s.listen('127.0.0.1', 0));
s.unref();
