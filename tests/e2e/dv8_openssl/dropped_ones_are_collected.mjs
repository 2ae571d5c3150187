import { gc } from 'dv8:core';
import { Hash, SecureContext, SecureSocket, CLIENT } from 'dv8:openssl';
import { Socket, TCP } from 'dv8:socket';
import { f, a, b, x, y, read } from './pair.mjs';
x.finish();
y.finish();
a.close();
b.close();
let freed = 0,
  turns = 0;
const registry = new FinalizationRegistry(() => {
  freed++;
});
const make = () => {
  const context = new SecureContext(),
    secure = new SecureSocket(),
    hash = new Hash();
  context.setup(CLIENT, undefined, undefined, undefined, { ca: `${f}/ca.crt` });
  secure.setup(context, new Socket(TCP), 'host');
  hash.setup('sha256', read, read);
  hash.create(1);
  for (const one of [context, secure, hash]) registry.register(one, 1);
};
for (let i = 0; i < 20; i++) make();
const wait = () => {
  gc();
  if (freed < 57 && turns++ < 100) setTimeout(wait, 10);
  else console.log(freed >= 57);
};
setTimeout(wait, 1);
