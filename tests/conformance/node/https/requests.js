// Requests over TLS, kept-alive and refused ones, and fetch().
const https = require('https');

const key = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEILmwMOoZs1r3x0Mp32frVxM9ert1Rx/twScF0mnQdsG+oAoGCCqGSM49
AwEHoUQDQgAElw2B9hBxR0iTMDCpAwtnnE+E51VHBt/+n+/Hk0Wnu4/KMt7fXjMm
e24C7Z0P77m6mTFeeT/vJU/sspPULXAzwA==
-----END EC PRIVATE KEY-----`;
const cert = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIULeGsK+1LTigvCAF3Y5AuPjm0WUcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzAxMjEzNFoYDzIxMjYxMTAz
MDEyMTM0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASXDYH2EHFHSJMwMKkDC2ecT4TnVUcG3/6f78eTRae7j8oy3t9eMyZ7
bgLtnQ/vubqZMV55P+8lT+yyk9QtcDPAo28wbTAdBgNVHQ4EFgQU5HsSeDzNJRxj
S3S6tSCA2gz4p9UwHwYDVR0jBBgwFoAU5HsSeDzNJRxjS3S6tSCA2gz4p9UwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAJSPTZgjEwNL3XDFhaWsx3vzjqaY1dItmqRoCEzyskpiAiA1
dxNRibds7Nnyg5ehbhBLhMwMAvIwiXydaCh9oEoZZw==
-----END CERTIFICATE-----`;

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
