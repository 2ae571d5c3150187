// Servers for whatever wire_fuzz.py sends: HTTP/2 in clear text, HTTP/2 and HTTP/1.1 over TLS. Prints their ports.
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';

const pem = readFileSync(process.argv[2]);
const answer = (request, response) => {
  request.on('error', () => {});
  response.on('error', () => {});
  if (request.url === '/push') response.createPushResponse({ ':path': '/pushed' }, (error, pushed) => error || pushed.end('pushed'));
  if (request.method === 'POST') return request.pipe(response);
  response.setTrailer?.('x-trailer', '1');
  response.end('hello');
};
const servers = [http2.createServer(answer), http2.createSecureServer({ key: pem, cert: pem, allowHTTP1: true, requestCert: true, rejectUnauthorized: false }, answer)];
for (const server of servers) {
  for (const name of ['sessionError', 'tlsClientError', 'clientError']) server.on(name, () => {});
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
console.log(servers.map((server) => server.address().port).join(' '));
