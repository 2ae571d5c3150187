// node:dns: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';
import promises from './dns_promises.js';

export default {
  ...notSupportedAll('node:dns', 'Resolver getServers lookup lookupService resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs resolveTxt reverse setServers'),
  ADDRCONFIG: 32,
  ALL: 16,
  V4MAPPED: 8,
  getDefaultResultOrder: () => 'verbatim',
  setDefaultResultOrder() {},
  promises,
};
