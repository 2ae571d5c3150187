import { DNS } from 'dv8:dns';
import { server, show, fails } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
show(await dns.lookup('one.test', 4));
show(await dns.lookup('one.test', 6));
show((await dns.lookup('one.test')).length);
show((await dns.lookup('localhost', 4))[0].address);
show(await dns.lookup('::1'));
await fails(dns.lookup('none.test'));
