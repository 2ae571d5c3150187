// node:worker_threads: names only, so that programs that import it in passing can be packed.
import { EventEmitter } from '../internal/event_emitter.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';

const environment = new Map();

export default {
  ...notSupportedAll('node:worker_threads', 'BroadcastChannel MessageChannel MessagePort moveMessagePortToContext postMessageToThread ' +
    'receiveMessageOnPort'),
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  Worker: notSupportedClass('node:worker_threads', 'Worker', EventEmitter),
  getEnvironmentData: (key) => environment.get(key),
  isInternalThread: false,
  isMainThread: true,
  isMarkedAsUntransferable: () => false,
  locks: {},
  markAsUncloneable() {},
  markAsUntransferable() {},
  parentPort: null,
  resourceLimits: {},
  setEnvironmentData(key, value) {
    if (value === undefined) environment.delete(key);
    else environment.set(key, value);
  },
  threadId: 0,
  threadName: '',
  workerData: null,
};
