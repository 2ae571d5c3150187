import { DNS } from 'dv8:dns';
import { server, show } from './common.mjs';
const dns = new DNS({ servers: [server], timeout: 500, tries: 1 });
try {
  show(await dns.resolve('sub'));
} catch (e) {
  console.log(e.code !== undefined, process.env.LOCALDOMAIN);
}
