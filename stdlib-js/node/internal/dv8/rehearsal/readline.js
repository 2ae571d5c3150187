// Lines of a stream, by events and by a loop.
'use strict';

const readline = require('readline');
const { Readable } = require('stream');

exports.run = ({ settle }) => {
  const lines = () => readline.createInterface({ input: Readable.from(['a\nb\n']), crlfDelay: Infinity });
  lines().on('line', () => {}).on('close', () => {});
  settle();
  (async () => {
    for await (const line of lines()) continue;
  })();
  settle();
};
