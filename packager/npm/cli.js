#!/usr/bin/env node
// npx dv8pack: the platform's command in this one's place, with its streams, signals and exit code.
'use strict';

const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { isatty } = require('node:tty');
const { findBinary } = require('../lib/binary.js');

function fail(message) {
  console.error(`dv8pack: error: ${message}`);
  process.exit(1);
}

let binary;
try {
  binary = findBinary();
} catch (error) {
  fail(error.message);
}
const child = spawn(binary, process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (error) => fail(`${binary} cannot be started: ${error.message}`));
const signals = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
// A terminal sends the first two to the command itself.
const hasTerminal = [0, 1, 2].some((stream) => isatty(stream));
for (const signal of signals) process.on(signal, () => hasTerminal && signals.indexOf(signal) < 2 || child.kill(signal));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  for (const one of signals) process.removeAllListeners(one);
  process.kill(process.pid, signal);
  // Of signals that Node ignores.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
});
