// Writes into a file and on the standard streams, and says what became of each.
const fs = require('fs');
const fd = fs.openSync(process.argv[2], 'w');
console.log('to stdout');
console.error('to stderr');
const states = [0, 1, 2].map((number) => {
  const status = fs.fstatSync(number);
  return status.isCharacterDevice() ? 'device' : status.isFile() ? 'file' : status.isFIFO() ? 'pipe' : 'other';
});
process.stdin.on('end', () => fs.writeSync(fd, `${fd > 2} ${states} stdin ended\n`)).resume();
