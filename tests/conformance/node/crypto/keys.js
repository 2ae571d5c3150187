// Keys in their formats, signatures and agreements.
const crypto = require('crypto');

const show = (error) => console.log(error.name, error.code, error.message);
const attempt = (fn) => { try { console.log(fn()); } catch (error) { show(error); } };

const jwk = {
  kty: 'EC', crv: 'P-256', d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const publicKey = crypto.createPublicKey({ key: { ...jwk, d: undefined }, format: 'jwk' });
console.log(publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails);
console.log(publicKey.export({ type: 'spki', format: 'pem' }));
console.log(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));

const ed = crypto.createPrivateKey({
  key: Buffer.from('302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex'),
  format: 'der', type: 'pkcs8',
});
console.log(ed.export({ format: 'jwk' }), crypto.sign(null, Buffer.from('message'), ed).toString('hex'));
console.log(crypto.verify(null, Buffer.from('message'), crypto.createPublicKey(ed), crypto.sign(null, Buffer.from('message'), ed)));

for (const [type, options] of [['rsa', { modulusLength: 1024 }], ['ec', { namedCurve: 'prime256v1' }], ['ed25519', {}], ['x25519', {}]]) {
  const pair = crypto.generateKeyPairSync(type, options);
  const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });
  const again = crypto.createPrivateKey({ key: pem, passphrase: 'secret' });
  console.log(type, pem.split('\n')[0], again.equals(pair.privateKey), crypto.createPublicKey(again).equals(pair.publicKey));
  attempt(() => crypto.createPrivateKey(pem));
  if (type === 'x25519') continue;
  const data = Buffer.from('data'), digest = type === 'ed25519' ? null : 'sha256';
  const signature = crypto.sign(digest, data, pair.privateKey);
  console.log(crypto.verify(digest, data, pair.publicKey, signature), crypto.verify(digest, Buffer.from('other'), pair.publicKey, signature));
  if (type !== 'rsa') continue;
  const signer = crypto.createSign('RSA-SHA256').update('da').update('ta');
  console.log(crypto.createVerify('RSA-SHA256').update('data').verify(pair.publicKey, signer.sign(pair.privateKey)));
  const sealed = crypto.publicEncrypt({ key: pair.publicKey, oaepHash: 'sha256', oaepLabel: Buffer.from('label') }, data);
  console.log(crypto.privateDecrypt({ key: pair.privateKey, oaepHash: 'sha256', oaepLabel: Buffer.from('label') }, sealed).toString());
  console.log(crypto.publicDecrypt(pair.publicKey, crypto.privateEncrypt(pair.privateKey, data)).toString());
}
const [a, b] = [crypto.createECDH('secp256k1'), crypto.createECDH('secp256k1')];
a.setPrivateKey(Buffer.alloc(32, 1));
b.setPrivateKey(Buffer.alloc(32, 2));
console.log(a.getPublicKey('hex', 'compressed'), a.computeSecret(b.getPublicKey(), null, 'hex') === b.computeSecret(a.getPublicKey(), null, 'hex'));
const group = crypto.getDiffieHellman('modp14');
console.log(group.getPrime().length, group.getGenerator('hex'), group.verifyError);
const [c, d] = [crypto.generateKeyPairSync('x25519'), crypto.generateKeyPairSync('x25519')];
console.log(crypto.diffieHellman({ privateKey: c.privateKey, publicKey: d.publicKey })
  .equals(crypto.diffieHellman({ privateKey: d.privateKey, publicKey: c.publicKey })));

attempt(() => crypto.createPrivateKey('no key'));
attempt(() => crypto.createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, format: 'jwk' }));
attempt(() => crypto.createECDH('no-curve'));
attempt(() => crypto.generateKeyPairSync('ec', { namedCurve: 'no-curve' }));
attempt(() => crypto.createSecretKey(Buffer.alloc(0)).symmetricKeySize);
crypto.generateKeyPair('rsa', { modulusLength: 512, publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' } }, (error, one, two) => console.log(error, one.split('\n')[0], two.split('\n')[0]));
