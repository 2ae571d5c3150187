const { Socket, TCP } = module('socket', {});
const fs = require('node:fs');
const server = new Socket(TCP),
  files = [];
let errors = 0;
server.onError((rc, message) => {
  if (++errors === 1)
    setTimeout(() => {
      console.log(message, errors < 20);
      files.forEach((fd) => fs.closeSync(fd));
    }, 500);
});
server.onConnect(() => {
  console.log('taken');
  server.close();
});
const rc = server.listen('127.0.0.1', 0);
try {
  for (;;) files.push(fs.openSync('/dev/null'));
} catch {}
console.log(rc, server.portNumber());
