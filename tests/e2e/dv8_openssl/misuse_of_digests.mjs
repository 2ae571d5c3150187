import { Hash, Hmac } from 'dv8:openssl';
import { attempt } from './common.mjs';
const input = new Uint8Array(10),
  output = new Uint8Array(32);
const h = new Hash(),
  m = new Hmac();
attempt(() => h.create());
attempt(() => h.update(0));
attempt(() => h.digest());
attempt(() => h.setup('nonesuch', input, output));
attempt(() => h.setup('sha256', input));
attempt(() => m.setup('sha256', {}, input, output));
h.setup('sha256', input, output);
attempt(() => h.update(1));
attempt(() => h.create(11));
h.create(10);
attempt(() => h.update(11));
attempt(() => h.update(-1));
attempt(() => h.digest());
attempt(() => h.digest());
h.setup('sha512', input, output);
h.create();
attempt(() => h.digest());
h.free();
attempt(() => h.create());
m.setup('sha256', 'key', input, output);
m.create(1);
m.free();
attempt(() => m.create());
attempt(() => m.digest());
attempt(() => Hash.prototype.update.call(m, 1));
attempt(() => Hash.prototype.update.call({}, 1));
for (let i = 0; i < 10000; i++) {
  const x = new Hash();
  x.setup('sha512', input, output);
  x.create(10);
}
