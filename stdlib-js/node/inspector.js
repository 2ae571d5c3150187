// node:inspector: names only, so that programs that import it in passing can be packed.
'use strict';

const EventEmitter = require('events');
const { notSupportedAll, notSupportedClass } = require('internal/dv8/not_supported');

module.exports = {
  ...notSupportedAll('node:inspector', 'open close waitForDebugger'),
  DOMStorage: {},
  Network: {},
  NetworkResources: {},
  Session: notSupportedClass('node:inspector', 'Session', EventEmitter),
  console,
  url: () => undefined,
};
