// A file copied by streams.
'use strict';

const fs = require('fs');

exports.run = ({ settle }) => {
  fs.createReadStream('/app/rehearsal').on('error', () => {}).pipe(fs.createWriteStream('/app/copy'));
  settle();
  fs.createReadStream('/app/rehearsal', 'utf8').on('data', () => {}).on('close', () => {});
  settle();
};
