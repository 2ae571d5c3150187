// Ciphers, authenticated ones too, and what goes wrong with them.
const crypto = require('crypto');

const key = Buffer.alloc(32, 7), iv = Buffer.alloc(16, 9);
for (const [name, size, ivSize] of [['aes-128-cbc', 16, 16], ['aes-256-ctr', 32, 16], ['aes-192-ecb', 24, 0]]) {
  const cipher = crypto.createCipheriv(name, key.subarray(0, size), iv.subarray(0, ivSize));
  const text = cipher.update('attack at dawn, attack at dusk', 'utf8', 'hex') + cipher.final('hex');
  const decipher = crypto.createDecipheriv(name, key.subarray(0, size), iv.subarray(0, ivSize));
  console.log(name, text, decipher.update(text, 'hex', 'utf8') + decipher.final('utf8'));
}
for (const [name, size, options] of [['aes-256-gcm', 32], ['chacha20-poly1305', 32, { authTagLength: 16 }],
  ['aes-128-ccm', 16, { authTagLength: 8 }], ['aes-128-ocb', 16, { authTagLength: 12 }]]) {
  const nonce = iv.subarray(0, 12), length = { plaintextLength: 5 };
  const cipher = crypto.createCipheriv(name, key.subarray(0, size), nonce, options);
  cipher.setAAD(Buffer.from('head'), length);
  const text = Buffer.concat([cipher.update('words'), cipher.final()]);
  const tag = cipher.getAuthTag();
  console.log(name, text.toString('hex'), tag.toString('hex'));
  for (const good of [true, false]) {
    const decipher = crypto.createDecipheriv(name, key.subarray(0, size), nonce, options);
    decipher.setAuthTag(good ? tag : Buffer.from(tag.map((byte) => byte ^ 1)));
    decipher.setAAD(Buffer.from('head'), length);
    try {
      console.log(Buffer.concat([decipher.update(text), decipher.final()]).toString());
    } catch (error) {
      console.log(error.message);
    }
  }
}
for (const wrong of [
  () => crypto.createCipheriv('aes-128-cbc', key, iv),
  () => crypto.createCipheriv('aes-128-cbc', key.subarray(0, 16), iv.subarray(1)),
  () => crypto.createCipheriv('no-cipher', key, iv),
  () => crypto.createCipheriv('aes-128-gcm', key.subarray(0, 16), iv, { authTagLength: 3 }),
  () => crypto.createDecipheriv('aes-128-cbc', key.subarray(0, 16), iv).final(),
  () => { const done = crypto.createCipheriv('aes-128-cbc', key.subarray(0, 16), iv); done.final(); done.update('x'); },
]) {
  try {
    wrong();
    console.log('nothing');
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
console.log(crypto.getCipherInfo('aes-256-gcm'), crypto.getCipherInfo('aes-128-cbc', { keyLength: 17 }));
const stream = crypto.createCipheriv('aes-128-cbc', key.subarray(0, 16), iv);
stream.setEncoding('base64');
let out = '';
stream.on('data', (part) => { out += part; }).on('end', () => { console.log('stream', out); });
stream.write('some ');
stream.end('text');
