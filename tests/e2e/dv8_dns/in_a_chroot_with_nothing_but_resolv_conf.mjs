import { DNS } from 'dv8:dns';
const dns = new DNS();
console.log(
  dns.getServers().join(),
  (await dns.resolve('sub'))[0].address,
  (await dns.resolve('one.test', 'AAAA'))[0].address,
  (await dns.lookup('localhost', 4))[0].address,
);
