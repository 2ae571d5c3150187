// node:readline: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';
import promises from './readline_promises.js';

export default {
  ...notSupportedAll('node:readline', 'Interface clearLine clearScreenDown createInterface cursorTo emitKeypressEvents moveCursor'),
  promises,
};
