// Standard streams: pipes, a file and a terminal.
'use strict';

const tty = require('tty');

exports.run = ({ settle }) => {
  console.log('rehearsal');
  console.log('%s of %d', 'rehearsal', 1, { a: [1, 'b'], c: new Map([[1, 2]]) });
  console.error('rehearsal');
  process.stdout.write('rehearsal');
  process.stderr.write('rehearsal', () => {});
  settle();
  const terminal = new tty.WriteStream(1);
  terminal.getColorDepth({ TERM: 'xterm' });
  terminal.write('rehearsal\n');
  settle();
};
