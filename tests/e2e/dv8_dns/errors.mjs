import { DNS } from 'dv8:dns';
import { server, show, fails } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
await fails(dns.resolve('none.test'));
await fails(dns.resolve('one.test', 'MX'));
await fails(dns.resolve('outside.example', 'A'));
const slow = new DNS({ timeout: 50, tries: 2, servers: [process.argv[3]], search: [] });
const start = performance.now();
await fails(slow.resolve('one.test'));
console.log(performance.now() - start > 90);
const queries = [slow.resolve('a.test'), slow.lookup('b.test')];
slow.cancel();
for (const q of queries) await fails(q);
const last = slow.resolve('c.test');
slow.close();
slow.close();
await fails(last);
await fails(slow.resolve('d.test'));
show(slow.getServers());
await fails(dns.resolve('a..b'));
for (const f of [
  () => dns.resolve(''),
  () => dns.resolve(5),
  () => dns.resolve('a', 'X'),
  () => dns.resolve('a', 'A', 5),
  () => dns.reverse('x'),
  () => dns.reverse('1.2.3'),
  () => dns.reverse('1::2::3'),
  () => dns.lookup('a', 5),
  () => dns.setServers([]),
  () => dns.setServers(['example.com']),
  () => dns.setServers('1.2.3.4'),
  () => new DNS({ timeout: 0 }),
  () => new DNS({ tries: 1.5 }),
  () => new DNS({ search: 'x' }),
])
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
