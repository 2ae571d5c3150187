// Orders coverage as its argument says: of a child or a worker, or of nothing.
'use strict';
const { spawnSync } = require('node:child_process');
const { takeCoverage } = require('node:v8');
const { Worker } = require('node:worker_threads');

const [, , what, script] = process.argv;
const own = process.env.OWN_COVERAGE;

if (what === 'child') {
  if (own !== undefined) process.env.NODE_V8_COVERAGE = own;
  process.exitCode = spawnSync(process.execPath, [script], { stdio: 'inherit' }).status;
} else if (what === 'worker') {
  process.env.NODE_V8_COVERAGE = own;
  new Worker(script);
} else {
  takeCoverage();
}
