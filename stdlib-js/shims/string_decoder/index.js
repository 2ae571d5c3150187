// node:string_decoder. This file lies two folders beside the library's when it is bundled.
module.exports = require('../../src/node_old/string_decoder.js').default;
