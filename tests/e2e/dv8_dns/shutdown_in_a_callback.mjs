import { DNS } from 'dv8:dns';
import { server } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
setInterval(() => {}, 1000);
dns.resolve('one.test', () => {
  shutdown();
  console.log('shut');
});
