import { DNS } from 'dv8:dns';
import { server, show } from './common.mjs';
const wait = () => new Promise((done) => setTimeout(done, 10));
let answers = 0;
const round = async () => {
  let list = Array.from({ length: 4000 }, () => {
    const dns = new DNS({ servers: [server] });
    dns.close();
    return dns;
  });
  await wait();
  for (const dns of list)
    dns.resolve('one.test', 'A', (error) => {
      if (error.code === 'EDESTRUCTION') answers++;
    });
  list = undefined;
  for (let i = 0; i < 6; i++) {
    await wait();
    gc();
  }
  return process.memoryUsage().heapUsed;
};
await round();
const before = await round();
const grown = Math.min(await round(), await round(), await round()) - before;
show([answers, grown < 100 << 10 || grown]);
