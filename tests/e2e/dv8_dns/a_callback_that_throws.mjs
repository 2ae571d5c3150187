import { DNS } from 'dv8:dns';
import { server } from './common.mjs';
const dns = new DNS({ servers: [server], search: [] });
onUncaughtException((e) => {
  console.log(e.message);
  dns.resolve('one.test', (error, records) => console.log(records[0].address));
});
dns.resolve('one.test', () => {
  throw new Error('thrown');
});
