// node:constants: the old flat list.
import os from './os.js';

export default Object.freeze({ ...os.constants.errno, ...os.constants.signals, ...os.constants.priority, ...os.constants.dlopen });
