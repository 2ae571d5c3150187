// What node:dns and node:dns/promises have in common: c-ares's error codes, the names of the functions, the order.
import { validateOneOf } from './validators.js';

const names = 'NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE ' +
  'NOMEM DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED';

export const dnsErrors = Object.fromEntries(names.split(' ').map((name) => [name, name === 'EOF' ? name : `E${name}`]));

export const dnsFunctions = 'Resolver getServers lookup lookupService resolve resolve4 resolve6 resolveAny resolveCaa resolveCname ' +
  'resolveMx resolveNaptr resolveNs resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt reverse setServers';

let order = 'verbatim';

/** How lookup() would sort what it finds. */
export const dnsOrder = {
  getDefaultResultOrder: () => order,
  setDefaultResultOrder(value) {
    validateOneOf(value, 'dnsOrder', ['verbatim', 'ipv4first', 'ipv6first']);
    order = value;
  },
};
