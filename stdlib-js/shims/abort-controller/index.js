// The global AbortController. This file lies two folders beside the library's when it is bundled.
module.exports = require('../../src/web/abort.js').default;
