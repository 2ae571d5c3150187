import { DNS } from 'dv8:dns';
import { server, show } from './common.mjs';
const dns = new DNS({ servers: [server] });
const r = await dns.resolve('long.test', 'TXT');
show([r.length, r.every((x) => x[0].length >= 201)]);
