// node:worker_threads: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:worker_threads', 'BroadcastChannel MessageChannel MessagePort Worker markAsUntransferable moveMessagePortToContext receiveMessageOnPort'),
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  getEnvironmentData: () => undefined,
  isMainThread: true,
  parentPort: null,
  resourceLimits: {},
  setEnvironmentData() {},
  threadId: 0,
  workerData: null,
};
