// A server that is replaced again and again. Prints its port, then, when its input ends, how often.
import { createReadStream } from 'node:fs';
import { isolate } from 'dv8:isolate';

const web = isolate.supervise({ path: 'server.js', data: { version: 0 }, listen: { address: '127.0.0.1' }, restart: 'never' });
console.log(web.port);
let ends = false;
createReadStream('/dev/stdin').on('end', () => { ends = true; }).resume();
let version = 0;
while (!ends) {
  await web.replace({ data: { version: ++version } });
  await new Promise((resolve) => { setTimeout(resolve, 50); });
}
await web.stop();
console.log(version);
isolate.exit();
