import { DNS } from 'dv8:dns';
import { server, show } from './common.mjs';
import { shutdown } from 'dv8:core';
const dns = new DNS({ servers: [server], search: [] });
dns.resolve('one.test').then(show);
dns.lookup('two.test', 4, () => console.log('told'));
shutdown();
console.log('shut');
