// Reading standard input to its end.
'use strict';

exports.run = ({ settle }) => {
  const { stdin } = process;
  stdin.setEncoding('utf8');
  stdin.on('data', () => {}).on('end', () => {});
  stdin._handle.take(Buffer.from('rehearsal\n'));
  settle();
  stdin._handle.take(null);
  settle();
};
