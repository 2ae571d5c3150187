// Agents of node:http and node:https: their options are kept, as programs make and hand them around
// at their top level. There are no connections yet that they could pool.
import { EventEmitter } from './event_emitter.js';
import { notSupported } from './not_supported.js';
import { validateNumber, validateOneOf } from './validators.js';

export class Agent extends EventEmitter {
  constructor(options) {
    super();
    this.options = { __proto__: null, ...options };
    this.defaultPort = this.options.defaultPort || 80;
    this.protocol = this.options.protocol || 'http:';
    if (this.options.noDelay === undefined) this.options.noDelay = true;
    this.options.path = null; // Not a UNIX domain socket's.
    this.requests = { __proto__: null };
    this.sockets = { __proto__: null };
    this.freeSockets = { __proto__: null };
    this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
    this.keepAlive = this.options.keepAlive || false;
    this.maxSockets = this.options.maxSockets || Infinity;
    this.maxFreeSockets = this.options.maxFreeSockets || 256;
    this.scheduling = this.options.scheduling || 'lifo';
    this.maxTotalSockets = this.options.maxTotalSockets ?? Infinity;
    this.totalSocketCount = 0;
    validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
    validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  }

  /** The key of the connections that serve requests with `options`. */
  getName(options = {}) {
    let name = `${options.host || 'localhost'}:${options.port || ''}:${options.localAddress || ''}`;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  }

  destroy() {}
}
Agent.defaultMaxSockets = Infinity;
for (const name of ['addRequest', 'createConnection', 'createSocket', 'keepSocketAlive', 'removeSocket', 'reuseSocket']) {
  Object.defineProperty(Agent.prototype, name, { value: notSupported('node:http', `Agent.${name}`), writable: true, configurable: true });
}
