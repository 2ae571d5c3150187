// node:constants: the old flat list, without OpenSSL's.
import fs from './fs.js';
import os from './os.js';

export default Object.freeze({
  ...os.constants.dlopen, ...os.constants.errno, ...os.constants.priority, ...os.constants.signals, ...fs.constants,
});
