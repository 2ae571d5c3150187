// node:https: agents; the rest are names, for programs that import it in passing.
'use strict';

const { Agent: HttpAgent } = require('_http_agent');
const { notSupportedAll, notSupportedClass } = require('internal/dv8/not_supported');
const tls = require('tls');

class Agent extends HttpAgent {
  constructor(options) {
    super({ ...options, defaultPort: options?.defaultPort ?? 443, protocol: options?.protocol ?? 'https:' });
    this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  }
}

module.exports = {
  ...notSupportedAll('node:https', 'createServer get request'),
  Agent,
  Server: notSupportedClass('node:https', 'Server', tls.Server),
  globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
};
