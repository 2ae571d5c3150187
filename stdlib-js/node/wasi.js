// node:wasi: names only, so that programs that import it in passing can be packed.
'use strict';

const { notSupportedAll } = require('internal/dv8/not_supported');

module.exports = notSupportedAll('node:wasi', 'WASI');
