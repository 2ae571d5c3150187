// node:domain: names only, so that programs that import it in passing can be packed.
import { EventEmitter } from '../internal/event_emitter.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:domain', 'create createDomain'),
  Domain: notSupportedClass('node:domain', 'Domain', EventEmitter),
  _stack: [],
  active: null,
};
