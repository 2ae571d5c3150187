// node:https: agents; the rest are names, for programs that import it in passing.
import { Agent as HttpAgent } from '../internal/http_agent.js';
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';
import tls from './tls.js';

class Agent extends HttpAgent {
  constructor(options) {
    super({ ...options, defaultPort: options?.defaultPort ?? 443, protocol: options?.protocol ?? 'https:' });
    this.maxCachedSessions = this.options.maxCachedSessions ?? 100;
  }
}

export default {
  ...notSupportedAll('node:https', 'createServer get request'),
  Agent,
  Server: notSupportedClass('node:https', 'Server', tls.Server),
  globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
};
