// Hashes, HMAC, key derivation, random numbers.
const crypto = require('crypto');
const show = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'SHA384', 'RSA-SHA512', 'sha512']) {
  show(() => crypto.createHash(name).update('hello ').update(Buffer.from('wörld')).digest('hex'));
  show(() => crypto.createHmac(name, 'key').update('message').digest('base64'));
  show(() => crypto.createHmac(name, Buffer.alloc(200, 1)).update('x').digest('hex'));
}
show(() => crypto.createHash('sha1').digest());
show(() => crypto.createHash('sha256').update('6869', 'hex').digest('base64url'));
show(() => crypto.createHash('sha256').update('ä', 'latin1').digest('hex'));
show(() => crypto.createHash('nope').update('x'));
show(() => crypto.createHash());
show(() => crypto.createHash('md5').update(5));
show(() => { const h = crypto.createHash('md5'); h.digest(); h.update('x'); });
show(() => { const h = crypto.createHash('md5').update('a'); const c = h.copy().update('b'); return [h.digest('hex'), c.digest('hex')]; });
show(() => crypto.pbkdf2Sync('secret', 'salt', 1000, 40, 'sha512').toString('hex'));
show(() => Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 50)).toString('hex'));
show(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')));
show(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b')));
show(() => crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('bc')));
show(() => [crypto.randomBytes(10).length, crypto.randomBytes(8).equals(crypto.randomBytes(8)), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())]);
show(() => Array.from({ length: 200 }, () => crypto.randomInt(3)).every((n) => n >= 0 && n < 3) && crypto.randomInt(5, 6));
show(() => crypto.randomInt(5, 5));
show(() => crypto.randomBytes(-1));
show(() => crypto.randomFillSync(Buffer.alloc(4)).length);
show(() => crypto.webcrypto.getRandomValues(new Uint32Array(3)).length);
show(() => crypto.getHashes().includes('sha256'));
(async () => {
  console.log(await new Promise((resolve, reject) => crypto.randomBytes(5, (error, bytes) => (error ? reject(error) : resolve(bytes.length)))));
  console.log(await new Promise((resolve) => crypto.pbkdf2('p', 's', 10, 16, 'sha1', (error, key) => resolve(key.toString('hex')))));
  console.log(Buffer.from(await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode('x'))).toString('hex'));
  const hash = crypto.createHash('sha256');
  require('stream').Readable.from(['a', 'b']).pipe(hash);
  hash.on('readable', () => { const data = hash.read(); if (data) console.log(data.toString('hex')); });
  await new Promise((resolve) => hash.on('end', resolve));
  const file = crypto.createHash('md5').setEncoding('hex');
  file.write('some');
  file.end('thing');
  file.on('data', (text) => console.log(text));
})();
