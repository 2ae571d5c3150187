// A server and a client that connects to it.
const { Socket, TCP } = module('socket', {});
const m = new Uint8Array(8);
const server = new Socket(TCP);
const client = new Socket(TCP);
server.listen('127.0.0.1', 0);
client.setup(m);
client.connect('127.0.0.1', server.portNumber());
module.exports = { Socket, TCP, m, server };
