import { DNS } from 'dv8:dns';
const dns = new DNS({ servers: [process.argv[2]], search: ['corp.example'], tries: 1, timeout: 500 });
await dns.reverse('10.0.0.1').catch((e) => console.log(e.code));
dns.close();
