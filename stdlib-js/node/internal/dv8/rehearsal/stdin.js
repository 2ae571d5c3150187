// Reading standard input to its end: a pipe and a file.
'use strict';

const { ReadStream } = require('fs');

exports.run = ({ settle }) => {
  const { stdin } = process;
  stdin.setEncoding('utf8');
  stdin.on('data', () => {}).on('end', () => {});
  stdin._handle.take(Buffer.from('rehearsal\n'));
  settle();
  stdin._handle.take(null);
  settle();
  new ReadStream(null, { fd: 0, autoClose: false }).on('data', () => {}).on('end', () => {});
  settle();
};
