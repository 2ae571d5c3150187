// A child that is started, heard and waited for.
'use strict';

const { exec, execFile, spawn } = require('child_process');

exports.run = ({ settle }) => {
  const options = { cwd: '/', env: {} };
  const child = spawn('/app/rehearsal', ['a'], options);
  child.stdout.on('data', () => {});
  child.stdin.end('rehearsal');
  child.on('exit', () => {}).on('close', () => {});
  settle();
  execFile('/app/rehearsal', ['a'], options, () => {});
  exec('rehearsal', options, () => {});
  settle();
};
