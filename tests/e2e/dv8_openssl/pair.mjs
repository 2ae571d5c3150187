// A program with both ends: x over the socket a is the server, y over b the client. Its argument is the folder of certificates.
import { CLIENT, SecureContext, SecureSocket, SERVER } from 'dv8:openssl';
import { Socket, TCP } from 'dv8:socket';

export const f = process.argv[2];
export const a = new Socket(TCP);
export const b = new Socket(TCP);
export const x = new SecureSocket();
export const y = new SecureSocket();
export const read = Buffer.alloc(4096);

const server = new SecureContext();
const client = new SecureContext();
server.setup(SERVER, `${f}/good.crt`, `${f}/good.key`);
client.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
b.open(a.open());
a.setup(read, Buffer.alloc(4096));
b.setup(Buffer.alloc(4096), Buffer.from('abcdef'));
for (const s of [a, b]) s.onEnd(() => s.close());
x.setup(server, a);
y.setup(client, b, 'good.test');

export const begin = () => {
  x.start();
  y.start();
  a.resume();
  b.resume();
};
