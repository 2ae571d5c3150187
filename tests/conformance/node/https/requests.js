// Requests over TLS, kept-alive and refused ones, and fetch().
const https = require('https');

const { cert, key } = require('../_certificate.js');

const server = https.createServer({ key, cert }, (request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; }).on('end', () => {
    response.setHeader('x-reused', String(request.socket.isSessionReused()));
    response.end(`${request.method} ${request.url} ${body}`);
  });
});

function ask(options, body = '') {
  return new Promise((resolve) => {
    const request = https.request({ port: server.address().port, host: '127.0.0.1', servername: 'localhost', ca: cert, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve([response.statusCode, text, request.reusedSocket]));
    });
    request.on('error', (error) => resolve([error.code]));
    request.end(body);
  });
}

server.listen(0, '127.0.0.1', async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  console.log(await ask({ path: '/one', agent }));
  console.log(await ask({ path: '/two', method: 'POST', agent }, 'x'.repeat(20)));
  agent.destroy();
  console.log(await ask({ path: '/three', ca: undefined, agent: false }));
  console.log(await ask({ path: '/four', servername: 'elsewhere.example', agent: false }));
  console.log(await ask({ path: '/five', rejectUnauthorized: false, ca: undefined, agent: false }));
  await fetch(`https://localhost:${server.address().port}/`).catch((error) => console.log(error.message, error.cause.code));
  server.close();
  server.closeAllConnections();
});
