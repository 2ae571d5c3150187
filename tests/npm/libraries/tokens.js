// jsonwebtoken, jose and bcryptjs.
import crypto from 'node:crypto';
import bcrypt from 'bcryptjs';
import * as jose from 'jose';
import jwt from 'jsonwebtoken';

const secret = 'a secret of more than 32 bytes, for HS256';
const signed = jwt.sign({ sub: 'me', iat: 1_700_000_000 }, secret, { issuer: 'a', noTimestamp: false });
console.log(signed);
console.log(jwt.verify(signed, secret, { issuer: 'a' }));
for (const [token, options] of [[`${signed}x`, {}], [signed, { issuer: 'b' }], [jwt.sign({ exp: 1 }, secret), {}], ['nonsense', {}]]) {
  try { jwt.verify(token, secret, options); } catch (error) { console.log(error.name, error.message); }
}
for (const [algorithm, type, options] of [['RS256', 'rsa', { modulusLength: 2048 }], ['PS512', 'rsa', { modulusLength: 2048 }], ['ES256', 'ec', { namedCurve: 'P-256' }], ['ES384', 'ec', { namedCurve: 'P-384' }]]) {
  const { privateKey, publicKey } = crypto.generateKeyPairSync(type, options);
  const token = jwt.sign({ a: algorithm }, privateKey, { algorithm });
  console.log(jwt.verify(token, publicKey).a, (await jose.jwtVerify(token, publicKey)).protectedHeader);
}

for (const alg of ['RS256', 'ES256', 'EdDSA']) {
  const { privateKey, publicKey } = await jose.generateKeyPair(alg, { extractable: true });
  const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg }).setExpirationTime('1h').sign(privateKey);
  const jwk = await jose.exportJWK(publicKey);
  const set = jose.createLocalJWKSet({ keys: [{ ...jwk, alg, use: 'sig' }] });
  console.log(alg, (await jose.jwtVerify(token, set)).payload.a, Object.keys(jwk).sort().join());
  const pem = await jose.exportPKCS8(privateKey);
  console.log((await jose.importPKCS8(pem, alg)).type, (await jose.calculateJwkThumbprint(jwk)).length);
}
for (const [alg, enc] of [['dir', 'A256GCM'], ['A128KW', 'A128CBC-HS256'], ['PBES2-HS256+A128KW', 'A192GCM']]) {
  const key = alg === 'dir' ? new Uint8Array(32) : alg === 'A128KW' ? new Uint8Array(16) : new TextEncoder().encode('password');
  const jwe = await new jose.CompactEncrypt(new TextEncoder().encode('hidden')).setProtectedHeader({ alg, enc }).encrypt(key);
  const { plaintext } = await jose.compactDecrypt(jwe, key, { keyManagementAlgorithms: [alg] });
  console.log(alg, enc, new TextDecoder().decode(plaintext));
}
await jose.jwtVerify(signed, new Uint8Array(32)).catch((error) => console.log(error.code));

const hash = '$2b$04$abcdefghijklmnopqrstuuNYjIzqxBwrWMxjrmfOPPkRhx/1M5nB2';
console.log(bcrypt.hashSync('password', '$2b$04$abcdefghijklmnopqrstuu'), await bcrypt.compare('wrong', hash));
console.log(await bcrypt.compare('password', await bcrypt.hash('password', 4)), bcrypt.getRounds(hash));
