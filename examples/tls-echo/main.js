// TLS both ways. tls-echo server CERTIFICATE KEY [port] echoes what it gets; tls-echo client PORT
// CERTIFICATE HOST sends standard input to it, as one that trusts CERTIFICATE, and prints the answer.
import { TTY } from 'dv8:tty';
import { Socket, TCP } from 'dv8:socket';
import { CLIENT, SERVER, SecureContext, SecureSocket } from 'dv8:openssl';

const SIZE = 65536;

function fail(message) {
  console.error(message);
  process.exit(1);
}

function serve(certificate, key, port = '0') {
  const context = new SecureContext();
  const rc = context.setup(SERVER, certificate, key);
  if (rc !== 0) fail(`the certificate or the key cannot be used (${rc})`);
  const server = new Socket(TCP);
  server.onConnect(() => {
    const socket = new Socket(TCP);
    const memory = new ArrayBuffer(SIZE);
    socket.setup(memory, memory); // What is read here is written from here.
    const secure = new SecureSocket();
    secure.setup(context, socket);
    secure.onSecure(() => console.log(secure.protocol()));
    secure.onRead((length) => { if (secure.write(length) === 0) secure.pause(); });
    secure.onWrite(() => secure.resume());
    secure.onEnd(() => { secure.finish(); socket.close(); });
    secure.onError((number, message) => { console.log(message); socket.close(); });
    socket.onError((rc, message) => { console.log(message); socket.close(); });
    secure.start();
    return socket;
  });
  const listening = server.listen('127.0.0.1', Number(port));
  if (listening < 0) fail(server.error(listening));
  console.log(server.portNumber());
}

function connect(port, authority, host) {
  const context = new SecureContext();
  if (context.setup(CLIENT, undefined, undefined, undefined, { ca: authority }) !== 0) fail('the certificate cannot be used');
  const [incoming, outgoing] = [new ArrayBuffer(SIZE), new ArrayBuffer(SIZE)];
  const stdin = new TTY(0);
  const stdout = new TTY(1);
  const socket = new Socket(TCP);
  const secure = new SecureSocket();
  let sent = 0;
  let got = 0;
  let ended = false;
  const finish = () => { if (ended && got === sent) { secure.finish(); socket.close(); stdout.close(); } };

  socket.setup(incoming, outgoing);
  stdin.setup(outgoing); // Read into the buffer that is written from.
  stdout.setup(incoming);
  stdin.onRead((length) => { sent += length; if (secure.write(length) === 0) stdin.pause(); });
  stdin.onEnd(() => { ended = true; stdin.close(); finish(); });
  secure.onWrite(() => { if (!ended) stdin.resume(); });
  secure.onSecure(() => stdin.resume());
  secure.onRead((length) => { got += length; if (stdout.write(length) < length) secure.pause(); finish(); });
  stdout.onDrain(() => secure.resume());
  secure.onError((number, message) => fail(message));
  socket.onError((rc, message) => fail(message));
  socket.onConnect(() => { secure.setup(context, socket, host); secure.start(); });
  socket.connect('127.0.0.1', Number(port));
}

const [role, ...rest] = process.argv.slice(2);
if (role === 'server') serve(...rest);
else if (role === 'client') connect(...rest);
else fail('usage: tls-echo server CERTIFICATE KEY [port] | client PORT CERTIFICATE HOST');
