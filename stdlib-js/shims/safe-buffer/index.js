// What this package makes up for, node:buffer has.
module.exports = require('../../src/node/buffer.js').default;
