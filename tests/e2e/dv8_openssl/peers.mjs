import { SecureContext, SecureSocket, SERVER, CLIENT } from 'dv8:openssl';
import { Socket, TCP } from 'dv8:socket';
import { attempt } from './common.mjs';
const [side, ...args] = process.argv.slice(2);
if (side === 'server') {
  const [certificate, other, ca] = args;
  const context = new SecureContext();
  const rc = context.setup(SERVER, `${certificate}.crt`, `${certificate}.key`, undefined, ca ? { ca, verify: true } : {});
  if (rc !== 0) throw new Error('context ' + rc);
  let second = null;
  if (other && other !== '-') {
    second = new SecureContext();
    if (second.setup(SERVER, `${other}.crt`, `${other}.key`) !== 0) throw new Error('second');
  }
  const server = new Socket(TCP);
  server.onConnect(() => {
    const socket = new Socket(TCP);
    socket.setup(new Uint8Array(20000), new Uint8Array(20000));
    const memory = Buffer.alloc(65536);
    socket.setup(memory, memory);
    const secure = new SecureSocket();
    secure.setup(context, socket);
    secure.onHost((name) =>
      name === 'refused.test'
        ? false
        : name === 'other.test'
          ? second
          : name === 'throws.test'
            ? (() => {
                throw new Error('host');
              })()
            : undefined,
    );
    secure.onRead((n) => {
      if (n === 5 && memory.toString('latin1', 0, 4) === 'quit') {
        secure.finish();
        socket.close();
        server.close();
        return;
      }
      // A slow peer: what waits must be written before more is read.
      if (secure.write(n) === 0) secure.pause();
    });
    secure.onWrite(() => secure.resume());
    secure.onEnd(() => {
      secure.finish();
      socket.close();
    });
    secure.onError((n, message) => {
      console.log(`error ${message}`);
      socket.close();
    });
    socket.onEnd(() => socket.close());
    secure.start();
    return socket;
  });
  process.on('uncaughtException', (e) => console.log(`uncaught ${e.message}`));
  server.listen('127.0.0.1', 0);
  console.log(server.portNumber());
} else {
  const [port, ca, host, bytes, certificate, verify] = args;
  const context = new SecureContext();
  const own = certificate && certificate !== '-' ? [`${certificate}.crt`, `${certificate}.key`] : [undefined, undefined];
  const rc = context.setup(CLIENT, ...own, undefined, { ca: ca === '-' ? undefined : ca, verify: verify !== 'no-verify' });
  if (rc !== 0) throw new Error('context ' + rc);
  const socket = new Socket(TCP),
    memory = Buffer.alloc(65536),
    out = Buffer.alloc(65536, 'x');
  socket.setup(memory, out);
  const secure = new SecureSocket();
  const total = Number(bytes);
  let got = 0,
    sent = 0;
  const send = () => {
    while (sent < total) {
      const size = Math.min(total - sent, out.length);
      sent += size;
      const rc = secure.write(size);
      if (rc < 0) throw new Error('write ' + rc);
      if (rc === 0) return;
    }
  };
  secure.onSecure(() => {
    console.log(secure.protocol());
    send();
    if (total === 0) {
      secure.finish();
      socket.close();
    }
  });
  secure.onWrite(() => {
    if (sent < total) send();
  });
  secure.onRead((n) => {
    got += n;
    for (let i = 0; i < n; i++) if (memory[i] !== 120) throw new Error('other bytes');
    if (got === total) {
      console.log(`got ${got}`);
      secure.finish();
      socket.close();
    }
  });
  secure.onError((n, message) => {
    console.log(`error ${n} ${message}`);
    socket.close();
  });
  socket.onEnd(() => socket.close());
  socket.onError((n, message) => console.log(`socket ${message}`));
  socket.onConnect(() => {
    attempt(() => {
      secure.setup(context, socket, host === '-' ? undefined : host);
      return secure.start();
    });
  });
  socket.connect('127.0.0.1', Number(port));
}
