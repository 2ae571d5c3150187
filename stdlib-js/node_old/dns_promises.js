// node:dns/promises: names only, so that programs that import it in passing can be packed.
import { dnsErrors, dnsFunctions, dnsOrder } from '../internal/dns_names.js';
import { notSupportedAll } from '../internal/not_supported.js';

export default {
  ...notSupportedAll('node:dns/promises', dnsFunctions),
  ...dnsErrors,
  ...dnsOrder,
};
