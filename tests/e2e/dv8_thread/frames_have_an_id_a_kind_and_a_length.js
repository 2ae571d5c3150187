const { raw, memory, frames } = require('./channel.js');
library('thread', {});
let got = '';
raw.onRead((n) => {
  got += Buffer.from(memory.subarray(0, n)).toString('hex');
  if (got.length < 2 * 22) return;
  console.log(got);
  frames(7, 1, 0, 4, 116, 114, 117, 101, 7, 2, 0, 1, 120, 7, 3, 0, 2, 1, 255);
});
raw.onEnd(() => raw.close());
raw.resume();
onMessage((m) => {
  console.log(m);
  if (typeof m === 'object') raw.close();
});
send({ a: 1 });
send('hi');
send(new Uint8Array([9]));
