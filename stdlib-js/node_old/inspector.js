// node:inspector: names only, so that programs that import it in passing can be packed.
import { EventEmitter } from '../internal/event_emitter.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:inspector', 'open close waitForDebugger'),
  DOMStorage: {},
  Network: {},
  NetworkResources: {},
  Session: notSupportedClass('node:inspector', 'Session', EventEmitter),
  console,
  url: () => undefined,
};
