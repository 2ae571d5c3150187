import { DNS } from 'dv8:dns';
import { server } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
dns.resolve('one.test', () => {
  dns.close();
  dns.close();
  dns.resolve('one.test', (e) => console.log(e.code));
});
