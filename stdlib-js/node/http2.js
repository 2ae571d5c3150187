// node:http2: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:http2', 'connect createSecureServer createServer'),
  constants: {},
};
