// node:inspector/promises: names only, as node:inspector.
'use strict';

module.exports = { ...require('inspector') };
