// node:trace_events: nothing is traced, and programs that ask whether it is can be packed.
'use strict';

const { notSupportedAll } = require('internal/dv8/not_supported');

module.exports = {
  ...notSupportedAll('node:trace_events', 'createTracing'),
  getEnabledCategories() {},
};
