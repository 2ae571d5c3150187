// A server and clients of it: certificates, names, protocols, sessions.
const tls = require('tls');

const { cert, key } = require('../_certificate.js');
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
