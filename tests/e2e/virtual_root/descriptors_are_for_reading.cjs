const fs = require('fs');
const { at, say } = require('./common.cjs');

const descriptor = (run) => {
  const fd = fs.openSync(at('a.txt'));
  try {
    run(fd);
  } finally {
    fs.closeSync(fd);
  }
};

say('write', () => descriptor((fd) => fs.writeSync(fd, 'x')));
say('truncate', () => descriptor((fd) => fs.ftruncateSync(fd)));
say('stat', () => {
  let size;
  descriptor((fd) => {
    size = fs.fstatSync(fd).size;
  });
  return size;
});
