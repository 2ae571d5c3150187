import { DNS } from 'dv8:dns';
import { server, show } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
const sort = (list) => list.map((x) => JSON.stringify(x)).sort();
for (const type of ['A', 'AAAA']) show((await dns.resolve('one.test', type)).map((x) => [x.address, typeof x.ttl]));
show(sort(await dns.resolve('mail.test', 'MX')));
show(await dns.resolve('text.test', 'TXT'));
show(await dns.resolve('_http._tcp.test', 'SRV'));
show(await dns.resolve('alias.test', 'CNAME'));
show(await dns.resolve('1.2.0.192.in-addr.arpa', 'PTR'));
show([await dns.reverse('192.0.2.1'), await dns.reverse('2001:db8::1')]);
show((await dns.resolve('alias.test')).map((x) => x.address));
dns.resolve('one.test', (error, records) => {
  show([error, records[0].address]);
  dns.resolve('none.test', 'A', (e, r) => show([e.code, r]));
});
show(dns.hello());
