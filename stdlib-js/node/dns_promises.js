// node:dns/promises: names only, so that programs that import it in passing can be packed.
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:dns/promises', 'Resolver getServers lookup lookupService resolve resolve4 resolve6 resolveAny resolveCname resolveMx resolveNs resolveTxt reverse setServers'),
};
