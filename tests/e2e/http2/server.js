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
const server =
  kind === 'tls'
    ? http2.createSecureServer({ key: readFileSync(certificate), cert: readFileSync(certificate), allowHTTP1: true }, answer)
    : http2.createServer(answer);
server.on('sessionError', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
