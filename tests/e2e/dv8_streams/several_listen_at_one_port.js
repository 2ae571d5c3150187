const { Socket, TCP } = module('socket', {});
const s = new Socket(TCP);
console.log(s.listen('127.0.0.1', Number(args[2] || 0)), s.portNumber());
s.onClose(() => {});
