// crypto.subtle.
const { subtle } = globalThis.crypto;
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const bytes = (text) => new TextEncoder().encode(text);

(async () => {
  for (const name of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) console.log(name, hex(await subtle.digest(name, bytes('abc'))));

  const raw = Buffer.alloc(16, 3);
  const hmac = await subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
  const mac = await subtle.sign('HMAC', hmac, bytes('data'));
  console.log(hex(mac), await subtle.verify('HMAC', hmac, mac, bytes('data')), await subtle.verify('HMAC', hmac, mac, bytes('date')));
  console.log(hmac.algorithm, hmac.usages, hmac.extractable, await subtle.exportKey('jwk', hmac));

  for (const algorithm of [{ name: 'AES-CBC', iv: Buffer.alloc(16, 1) }, { name: 'AES-CTR', counter: Buffer.alloc(16, 255), length: 8 },
    { name: 'AES-GCM', iv: Buffer.alloc(12, 1), additionalData: bytes('head'), tagLength: 96 }]) {
    const key = await subtle.importKey('raw', raw, algorithm.name, false, ['encrypt', 'decrypt']);
    const sealed = await subtle.encrypt(algorithm, key, bytes('some words that are longer than one block'));
    console.log(algorithm.name, hex(sealed), Buffer.from(await subtle.decrypt(algorithm, key, sealed)).toString());
    if (algorithm.name !== 'AES-GCM') continue;
    new Uint8Array(sealed)[0] ^= 1;
    await subtle.decrypt(algorithm, key, sealed).catch((error) => console.log(error.name, error.message));
  }

  const password = await subtle.importKey('raw', bytes('password'), 'PBKDF2', false, ['deriveBits', 'deriveKey']);
  console.log(hex(await subtle.deriveBits({ name: 'PBKDF2', salt: bytes('salt'), iterations: 100, hash: 'SHA-256' }, password, 256)));
  const secret = await subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey']);
  const derived = await subtle.deriveKey({ name: 'HKDF', salt: bytes('s'), info: bytes('i'), hash: 'SHA-512' }, secret,
    { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  console.log(hex(await subtle.exportKey('raw', derived)));

  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes('x'));
  console.log(signature.byteLength, await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, signature, bytes('x')));
  const spki = await subtle.exportKey('spki', pair.publicKey);
  const again = await subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  console.log(spki.byteLength, again.type, await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, bytes('x')));

  const [a, b] = await Promise.all([0, 1].map(() => subtle.generateKey({ name: 'ECDH', namedCurve: 'P-384' }, false, ['deriveBits'])));
  console.log(hex(await subtle.deriveBits({ name: 'ECDH', public: b.publicKey }, a.privateKey, 384)) ===
    hex(await subtle.deriveBits({ name: 'ECDH', public: a.publicKey }, b.privateKey, 384)));

  const rsa = await subtle.generateKey({ name: 'RSA-OAEP', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
  const wrapped = await subtle.wrapKey('raw', hmac, rsa.publicKey, 'RSA-OAEP');
  const unwrapped = await subtle.unwrapKey('raw', wrapped, rsa.privateKey, 'RSA-OAEP', { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  console.log(hex(await subtle.exportKey('raw', unwrapped)));

  await subtle.exportKey('raw', a.privateKey).catch((error) => console.log(error.name));
  await subtle.importKey('raw', raw, 'AES-CBC', true, ['sign']).catch((error) => console.log(error.name));
  console.log(structuredClone(pair.publicKey).algorithm, crypto.getRandomValues(new Uint8Array(3)).length, crypto.randomUUID().length);
})();
