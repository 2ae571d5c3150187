// Asks the server without a pause while it is replaced, and has it fail once.
import http from 'node:http';
import { isolate } from 'dv8:isolate';

const web = isolate.supervise({
  path: 'server.js',
  data: { version: 1 },
  listen: { address: '127.0.0.1' },
  restart: 'on-failure',
  backOff: { first: 10 },
  onRestart: (value) => console.log('started again after', value),
});

const agent = new http.Agent({ keepAlive: true });

function ask(path = '/') {
  return new Promise((resolve, reject) => {
    http.get({ agent, port: web.port, host: '127.0.0.1', path }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => resolve(text.trim()));
    }).on('error', reject);
  });
}

console.log(await ask());
const versions = [];
let isDone = false;
const asking = (async () => {
  while (!isDone) versions.push(await ask());
})();
await web.replace({ data: { version: 2 } });
isDone = true;
await asking;
console.log(versions.every((version) => /^version [12]$/.test(version)), await ask());
await ask('/fail').catch(() => {});
console.log(await ask());
agent.destroy();
await web.stop();
isolate.exit();
