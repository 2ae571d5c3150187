/* global desc, task */
desc('Says hello.');
task('hello', () => { console.log('hello from jake'); });
