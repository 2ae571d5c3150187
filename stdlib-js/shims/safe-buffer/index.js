// What this package makes up for, node:buffer has.
module.exports = require('../../src/node_old/buffer.js').default;
