// node:net: addresses; the rest are names, for programs that import it in passing.
import { EventEmitter } from '../internal/event_emitter.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';
import { validateBoolean, validateInt32 } from '../internal/validators.js';
import stream from './stream.js';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const v4 = `${octet}(?:\\.${octet}){3}`;
const group = '[0-9a-fA-F]{1,4}';
// Every place that "::" can have among eight groups, the last two of which may be an IPv4 address.
const v6 = [
  `(?:${group}:){7}(?:${group}|:)`,
  ...[6, 5, 4, 3, 2, 1, 0].map((n) => `${n === 0 ? ':' : `(?:${group}:){${n}}`}(?:${n === 6 ? `${v4}|` : n < 6 ? `(?::${group}){0,${5 - n}}:${v4}|` : ''}(?::${group}){1,${7 - n}}|:)`),
].join('|');
const v4Pattern = new RegExp(`^${v4}$`);
const v6Pattern = new RegExp(`^(?:${v6})(?:%[0-9a-zA-Z\\-.:]+)?$`);
function isIPv4(input) { return v4Pattern.test(`${input}`); }
function isIPv6(input) { return v6Pattern.test(`${input}`); }

let autoSelectFamily = true;
let autoSelectFamilyTimeout = 250;

const Socket = notSupportedClass('node:net', 'Socket', stream.Duplex);

export default {
  ...notSupportedAll('node:net', 'BlockList BoundSocket SocketAddress connect createConnection createServer'),
  Server: notSupportedClass('node:net', 'Server', EventEmitter),
  Socket,
  Stream: Socket,
  getDefaultAutoSelectFamily: () => autoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: () => autoSelectFamilyTimeout,
  /** 4, 6, or 0 when `input` is no address. */
  isIP: (input) => (isIPv4(input) ? 4 : isIPv6(input) ? 6 : 0),
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily(value) {
    validateBoolean(value, 'value');
    autoSelectFamily = value;
  },
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    validateInt32(value, 'value', 1);
    autoSelectFamilyTimeout = Math.max(value, 10);
  },
};
