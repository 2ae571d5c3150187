// What programs do with node:http and node:https at their top level, without a connection.
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const { EventEmitter } = require('node:events');
const stream = require('node:stream');

console.log(http.METHODS.join(' '));
console.log(http.STATUS_CODES, http.maxHeaderSize);

class Agent extends http.Agent {
  constructor(options) {
    super({ keepAlive: true, ...options });
    this.mine = true;
  }
}
const agent = new Agent({ maxSockets: 5, scheduling: 'fifo' });
console.log(agent.keepAlive, agent.maxSockets, agent.maxFreeSockets, agent.scheduling, agent.protocol, agent.defaultPort, agent.mine);
console.log(agent.options, agent instanceof EventEmitter, agent.getName({ host: 'localhost', port: 8080, family: 4 }), new http.Agent().getName());
agent.destroy();
const secure = new https.Agent({ keepAlive: true });
console.log(secure.protocol, secure.defaultPort, secure.maxCachedSessions, secure.options, secure instanceof http.Agent);
console.log(JSON.stringify(http.globalAgent.options), https.globalAgent.keepAlive);
for (const options of [{ scheduling: 'none' }, { maxTotalSockets: 0 }, { maxTotalSockets: 'x' }]) {
  try {
    new http.Agent(options);
  } catch (error) {
    console.log(error.code, error.message);
  }
}

console.log(http.IncomingMessage.prototype instanceof stream.Readable, http.ServerResponse.prototype instanceof http.OutgoingMessage,
            http.ClientRequest.prototype instanceof http.OutgoingMessage, http.OutgoingMessage.prototype instanceof stream.Stream,
            http.Server.prototype instanceof net.Server, net.Server.prototype instanceof EventEmitter,
            net.Socket.prototype instanceof stream.Duplex, net.Stream === net.Socket);

for (const check of [
  () => http.validateHeaderName('x y'), () => http.validateHeaderName(''), () => http.validateHeaderName('x', 'Name'),
  () => http.validateHeaderValue('x', 'a\nb'), () => http.validateHeaderValue('x', undefined), () => http.validateHeaderValue('x', 'ä'),
]) {
  try {
    console.log(check());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
