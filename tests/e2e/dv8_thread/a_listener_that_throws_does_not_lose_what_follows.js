const { raw, frames } = require('./channel.js');
library('thread', {});
onUncaughtException((e) => console.log(e.message));
onMessage((m) => {
  if (m === 'c') raw.close();
  if (m === 'a') throw new Error('thrown');
  console.log(m);
});
frames(7, 2, 0, 1, 97, 7, 2, 0, 1, 98); // In one read.
setTimeout(() => frames(7, 2, 0, 1, 99), 50);
