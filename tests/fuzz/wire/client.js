// Clients of a server that answers them with nonsense: TLS, HTTPS and HTTP/2, in clear text and over TLS, in turn.
import http2 from 'node:http2';
import https from 'node:https';
import tls from 'node:tls';

const [, , secure, clear, times] = process.argv;
const options = { port: secure, host: '127.0.0.1', rejectUnauthorized: false };

function viaTls(done) {
  const socket = tls.connect(options, () => socket.write('hello'));
  socket.on('error', () => {}).on('close', done).resume();
  socket.setTimeout(2000, () => socket.destroy());
}
function viaHttps(done) {
  const request = https.get({ ...options, agent: false, timeout: 2000 }, (response) => response.on('error', () => {}).resume());
  request.on('timeout', () => request.destroy()).on('error', () => {}).on('close', done);
}
function viaHttp2(url) {
  return (done) => {
    const session = http2.connect(url, { rejectUnauthorized: false });
    session.on('error', () => {}).on('close', done).on('stream', (stream) => stream.on('error', () => {}).resume());
    session.setTimeout(2000, () => session.destroy());
    session.request({ ':path': '/' }).on('error', () => {}).on('close', () => session.close()).resume();
  };
}

const ways = [viaTls, viaHttps, viaHttp2(`https://127.0.0.1:${secure}`), viaHttp2(`http://127.0.0.1:${clear}`)];
for (let i = 0; i < Number(times); i++) await new Promise((resolve) => ways[i % ways.length](resolve));
console.log('done');
