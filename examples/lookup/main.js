// lookup NAME...: the addresses of hosts, of /etc/hosts or from the servers of /etc/resolv.conf.
const { DNS } = module('dns', {});

const dns = new DNS({ timeout: 2000, tries: 2 });
let left = args.length - 2;
if (left === 0) dns.close();
for (const name of args.slice(2)) {
  dns.lookup(name, (error, found) => {
    if (error) {
      console.log(`${name}: ${error.code}`);
      process.exitCode = 1;
    } else {
      for (const { address, family } of found) console.log(`${name}: ${address} (IPv${family})`);
    }
    if (--left === 0) dns.close();
  });
}
