const { Socket, TCP } = module('socket', {});
const s = new Socket(TCP);
s.onClose(() => console.log('closed', s.portNumber()));
s.listen('127.0.0.1', 0);
s.close();
s.close();
s.close(0);
