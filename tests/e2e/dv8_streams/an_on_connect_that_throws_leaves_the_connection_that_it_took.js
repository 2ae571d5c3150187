const { Socket, TCP, m, server } = require('./one_client.js');
const fs = require('node:fs');
let peer;
onUncaughtException((thrown) => {
  const file = fs.openSync('/dev/null');
  peer.close(0);
  try {
    fs.fstatSync(file);
    console.log(thrown.message, 'and no more');
  } catch (error) {
    console.log(error.code);
  }
  shutdown();
});
server.onConnect((fd) => {
  peer = new Socket(TCP);
  peer.setup(fd, m, m);
  throw new Error('thrown');
});
