import { DNS } from 'dv8:dns';
import { server, show, fails } from './common.mjs';
const dns = new DNS({ servers: [server], search: ['none.test', 'example.test'] });
show((await dns.resolve('sub')).map((x) => x.address));
await fails(new DNS({ servers: [server], search: [] }).resolve('sub'));
dns.setServers(['192.0.2.53', '127.0.0.1:5353', '::1', '[2001:db8::2]:54']);
show(dns.getServers());
