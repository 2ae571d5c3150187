// node:dns: names only, so that programs that import it in passing can be packed.
import { dnsErrors, dnsFunctions, dnsOrder } from '../internal/dns_names.js';
import { notSupportedAll } from '../internal/not_supported.js';
import promises from './dns_promises.js';

export default {
  ...notSupportedAll('node:dns', dnsFunctions),
  ...dnsErrors,
  ...dnsOrder,
  ADDRCONFIG: 32,
  ALL: 16,
  V4MAPPED: 8,
  promises,
};
