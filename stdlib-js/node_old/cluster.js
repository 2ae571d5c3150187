// node:cluster: names only, so that programs that import it in passing can be packed.
import { EventEmitter } from '../internal/event_emitter.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';

export default Object.assign(new EventEmitter(), notSupportedAll('node:cluster', 'fork disconnect setupPrimary setupMaster'), {
  SCHED_NONE: 1,
  SCHED_RR: 2,
  Worker: notSupportedClass('node:cluster', 'Worker', EventEmitter),
  isMaster: true,
  isPrimary: true,
  isWorker: false,
  schedulingPolicy: 2,
  settings: {},
  workers: {},
});
