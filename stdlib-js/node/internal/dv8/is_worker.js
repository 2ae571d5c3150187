// Whether the process is a worker of cluster. Most processes are none, have not required cluster, and need not
// evaluate it to know.
'use strict';

const { ObjectHasOwn } = primordials;
const { BuiltinModule } = require('internal/bootstrap/realm');

module.exports = function isWorker() {
  if (!BuiltinModule.map.get('cluster').loaded && !ObjectHasOwn(process.env, 'NODE_UNIQUE_ID')) return false;
  return require('cluster').isWorker;
};
