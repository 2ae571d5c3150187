import { SecureContext, SecureSocket, SERVER, CLIENT } from 'dv8:openssl';
import { Socket, TCP } from 'dv8:socket';
import { attempt } from './common.mjs';
const f = process.argv[2];
const context = new SecureContext(),
  empty = new SecureContext(),
  secure = new SecureSocket();
context.setup(CLIENT);
const socket = new Socket(TCP);
attempt(() => secure.start());
attempt(() => secure.write(1));
attempt(() => secure.setup());
attempt(() => secure.setup(context, {}));
attempt(() => secure.setup(socket, socket));
attempt(() => secure.setup(empty, socket, 'x'));
attempt(() => secure.setup(context, socket));
attempt(() => secure.setup(Object.setPrototypeOf(new Socket(TCP), SecureContext.prototype), socket, 'x'));
attempt(() => secure.onRead(1));
attempt(() => SecureSocket.prototype.start.call(socket));
secure.setup(context, socket, 'host');
attempt(() => secure.setup(context, socket, 'host'));
context.finish();
context.finish();
attempt(() => new SecureSocket().setup(context, new Socket(TCP), 'host'));
socket.setup(new Uint8Array(10), new Uint8Array(10));
attempt(() => secure.write(11));
attempt(() => secure.write(5, 6));
attempt(() => secure.protocol());
secure.finish();
secure.finish();
attempt(() => secure.write(1));
attempt(() => secure.resume());

// Both ends in one process: callbacks that finish, throw and write from within.
const server = new SecureContext();
server.setup(SERVER, `${f}/good.crt`, `${f}/good.key`);
const client = new SecureContext();
client.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
process.on('uncaughtException', (e) => console.log('uncaught', e.message));
const run = (name, inServer, inClient, then) => {
  const a = new Socket(TCP),
    b = new Socket(TCP);
  const fd = a.open();
  b.open(fd);
  for (const s of [a, b]) {
    s.setup(new Uint8Array(4096), new Uint8Array(4096));
    s.onEnd(() => s.close());
  }
  let open = 2;
  for (const s of [a, b])
    s.onClose(() => {
      if (--open === 0) {
        console.log(name, 'closed');
        then?.();
      }
    });
  const x = new SecureSocket(),
    y = new SecureSocket();
  x.setup(server, a);
  y.setup(client, b, 'good.test');
  inServer(x, a);
  inClient(y, b);
  x.start();
  y.start();
  a.resume();
  b.resume();
};
const quiet = () => {};
run(
  'finish in onSecure',
  (x, a) =>
    x.onSecure(() => {
      x.finish();
      a.close();
    }),
  (y, b) => y.onEnd(() => b.close()),
  () =>
    run(
      'close in onHost',
      (x, a) => {
        x.onHost(() => {
          x.finish();
          a.close();
        });
      },
      (y, b) => y.onError((n, m) => console.log(m)),
      () =>
        run(
          'throw in onRead',
          (x, a) => {
            x.onRead(() => {
              throw new Error('read');
            });
            x.onEnd(() => a.close());
          },
          (y, b) => {
            y.onSecure(() => {
              y.write(10);
              y.finish();
              b.close();
            });
          },
          () =>
            run(
              'a write before the handshake',
              (x, a) =>
                x.onRead((n) => {
                  console.log('read', n);
                  x.finish();
                  a.close();
                }),
              (y, b) => {
                setTimeout(() => {}, 1);
                const start = y.start;
                y.write(7);
                y.write(3);
              },
              () =>
                run(
                  'nobody hears of the error',
                  (x, a) => {
                    a.writeText('nonsense that is no TLS at all');
                  },
                  quiet,
                ),
            ),
        ),
    ),
);
