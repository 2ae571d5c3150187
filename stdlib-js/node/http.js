// node:http: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:http', 'Agent ClientRequest IncomingMessage OutgoingMessage Server ServerResponse createServer get request'),
  METHODS: ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'],
  STATUS_CODES: {},
  globalAgent: {},
};
