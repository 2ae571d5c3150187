// Certificates and keys with bytes changed: what crypto reads must read it or throw.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import tls from 'node:tls';

const [, , seed, times, ...files] = process.argv;
let state = Number(seed) || 1;
function random(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

const pems = files.map((file) => readFileSync(file, 'latin1'));
const ders = pems.map((pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));

function changed(bytes) {
  const copy = Buffer.from(bytes);
  for (let n = random(4); n >= 0; n--) {
    const at = random(copy.length);
    if (random(3) === 0) copy[at] ^= 1 << random(8);
    else copy[at] = [0, 1, 0x7f, 0x80, 0x81, 0x84, 0xff, random(256)][random(8)];
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}

function asPem(label, der) { return `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`; }

function useCertificate(bytes) {
  const certificate = new crypto.X509Certificate(bytes);
  for (const name of Object.getOwnPropertyNames(crypto.X509Certificate.prototype)) {
    if (typeof certificate[name] !== 'function') continue;
    if (!name.startsWith('check') && !name.startsWith('verify')) certificate[name]();
  }
  certificate.checkHost('a.example');
  certificate.checkEmail('a@example');
  certificate.checkIP('127.0.0.1');
  certificate.verify(certificate.publicKey);
  tls.createSecureContext({ ca: certificate.toString() });
}

function useKey(key, type) {
  const input = { key, format: typeof key === 'string' ? 'pem' : 'der', type: type === 'public' ? 'spki' : 'pkcs8' };
  const object = type === 'public' ? crypto.createPublicKey(input) : crypto.createPrivateKey(input);
  object.export({ format: 'jwk' });
  if (type === 'private') crypto.sign(null, Buffer.from('x'), object);
}

const ways = [
  (der) => useCertificate(der),
  (der) => useCertificate(asPem('CERTIFICATE', der)),
  (der) => useKey(der, 'public'),
  (der) => useKey(der, 'private'),
  (der) => useKey(asPem('PRIVATE KEY', der), 'private'),
  (der) => tls.createSecureContext({ pfx: der, passphrase: 'x' }),
  (der) => tls.createSecureContext({ crl: asPem('X509 CRL', der) }),
  (der) => new crypto.Certificate().verifySpkac(der),
];
let read = 0;
let refused = 0;
for (let i = 0; i < Number(times); i++) {
  const der = changed(ders[random(ders.length)]);
  for (const way of ways) {
    try {
      way(der);
      read++;
    } catch {
      refused++;
    }
  }
}
console.log(read > 0, refused > 0);
