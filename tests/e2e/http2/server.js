const http2 = require('http2');
const { readFileSync } = require('fs');
const answer = (request, response) => {
  if (request.url === '/push') {
    response.createPushResponse({ ':path': '/pushed' }, (error, pushed) => error || pushed.end('pushed'));
  }
  if (request.method === 'POST') return request.pipe(response);
  response.setHeader('x-version', request.httpVersion);
  response.end('hello ' + request.url);
};
const [, , kind, certificate] = process.argv;
const pem = certificate && readFileSync(certificate);
const mutual = kind === 'mutual';
const server =
  kind === 'clear'
    ? http2.createServer(answer)
    : http2.createSecureServer({ key: pem, cert: pem, allowHTTP1: true, ca: pem, requestCert: mutual, rejectUnauthorized: mutual }, answer);
server.on('sessionError', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
