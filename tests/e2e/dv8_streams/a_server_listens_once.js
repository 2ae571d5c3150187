const { Socket, TCP } = module('socket', {});
const s = new Socket(TCP);
const listen = () => s.listen('127.0.0.1', 0);
s.onClose(() => {
  s.onClose();
  console.log('closed', listen());
  s.close();
});
console.log(listen(), s.error(listen()));
s.close();
