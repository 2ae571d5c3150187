// node:trace_events as in a Node without tracing, but that programs which ask whether anything is traced can be packed.
'use strict';

const { ERR_TRACE_EVENTS_UNAVAILABLE } = require('internal/errors').codes;

module.exports = {
  createTracing() { throw new ERR_TRACE_EVENTS_UNAVAILABLE(); },
  getEnabledCategories() {},
};
