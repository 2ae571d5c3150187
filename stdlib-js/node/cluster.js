// node:cluster: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:cluster', 'fork disconnect setupPrimary setupMaster'),
  isMaster: true,
  isPrimary: true,
  isWorker: false,
  settings: {},
  workers: {},
};
