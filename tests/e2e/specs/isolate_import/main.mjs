import { EventEmitter } from 'node:events';
import { isolate, kernel, runtime } from 'dv8:isolate';

console.log([1, { a: 2 }], typeof globalThis.isolate, typeof new EventEmitter().on, kernel.version().runtime);
const child = isolate.spawn({
  code: 'console.log(typeof isolate, typeof runtime, typeof kernel); isolate.env.ready({ add(a, b) { return a + b; } });',
  path: 'adder.js',
  data: { x: 1 },
  env: {
    stdout: isolate.env.stdout,
    async ready(api) {
      console.log(await api.add(1, 2), runtime.syncRPC(api.add(3, 4)));
      child.kill();
    },
  },
  onExit(value, reason) { console.log(value, reason, child.id > 0); },
});
