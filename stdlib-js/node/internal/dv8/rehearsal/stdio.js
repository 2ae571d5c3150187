// Standard streams: pipes and a file.
'use strict';

exports.run = ({ settle }) => {
  console.log('rehearsal');
  console.log('%s of %d', 'rehearsal', 1, { a: [1, 'b'], c: new Map([[1, 2]]) });
  console.error('rehearsal');
  process.stdout.write('rehearsal');
  process.stderr.write('rehearsal', () => {});
  settle();
};
