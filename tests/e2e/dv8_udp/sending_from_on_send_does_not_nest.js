const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
u.bind('127.0.0.1');
let sent = 0,
  depth = 0,
  deepest = 0;
const send = () => u.send(1, '127.0.0.1', u.portNumber());
u.onSend((status) => {
  deepest = Math.max(deepest, ++depth);
  if (++sent < 20000) send();
  else u.close();
  depth--;
});
u.onClose(() => console.log(sent, deepest));
console.log(send());
