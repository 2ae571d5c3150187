// node:tls: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:tls', 'SecureContext Server TLSSocket connect createSecureContext createServer getCiphers'),
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
  rootCertificates: [],
};
