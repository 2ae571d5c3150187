// node:url parses queries with node:querystring. This file lies two folders beside the
// library's when it is bundled.
const querystring = require('../../src/node_old/querystring.js').default;

module.exports = { parse: (text) => querystring.parse(text), stringify: (object) => querystring.stringify(object) };
