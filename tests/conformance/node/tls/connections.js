// A server and clients of it: certificates, names, protocols, sessions.
const tls = require('tls');

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
const show = (...what) => console.log(...what);

const server = tls.createServer({ key, cert, ALPNProtocols: ['echo', 'other'], requestCert: true, rejectUnauthorized: false,
  SNICallback: (name, done) => done(null, tls.createSecureContext({ key, cert })) }, (socket) => {
  show('server:', socket.authorized, socket.getPeerCertificate().subject?.CN, socket.alpnProtocol, socket.servername);
  socket.pipe(socket);
});

function connect(options, then) {
  const socket = tls.connect({ port: server.address().port, host: '127.0.0.1', ...options }, () => {
    socket.end('words');
  });
  let text = '';
  let session;
  socket.setEncoding('utf8').on('data', (part) => { text += part; }).on('session', (bytes) => { session = bytes; });
  socket.on('error', (error) => show('error:', error.code));
  const [protocol, cipher, authorized] = [() => socket.getProtocol(), () => socket.getCipher().standardName, () => socket.authorized];
  socket.once('secureConnect', () => show('client:', authorized(), protocol(), cipher(), socket.alpnProtocol, socket.isSessionReused()));
  socket.on('close', () => { show('closed:', text); then(session); });
}

server.listen(0, '127.0.0.1', () => {
  const [own] = [{ ca: cert, servername: 'localhost' }];
  connect({ ...own, ALPNProtocols: ['echo'] }, () => {
    connect({ ...own, key, cert, maxVersion: 'TLSv1.2' }, (session) => {
      connect({ ...own, maxVersion: 'TLSv1.2', session }, () => {
        connect({ servername: 'localhost' }, () => {
          connect({ ca: cert, servername: 'elsewhere.example' }, () => {
            connect({ ...own, ALPNProtocols: ['nothing'] }, () => {
              server.close();
              show(tls.getCiphers().includes('tls_aes_128_gcm_sha256'), tls.DEFAULT_MIN_VERSION, tls.rootCertificates.length > 0);
              show(tls.checkServerIdentity('a.example', { subject: { CN: 'b.example' } }).code);
            });
          });
        });
      });
    });
  });
});
