// Loads each plug-in into a sandbox and calls what it has registered.
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolate } from 'dv8:isolate';

const folder = mkdtempSync(join(tmpdir(), 'plugins-'));

function load(name, onExit) {
  return new Promise((resolve) => {
    isolate.spawn({
      path: `plugins/${name}.js`,
      sandbox: true,
      env: { register: (title, run) => resolve(run) },
      system: { fs: { current: isolate.folder(folder) } },
      limits: { memory: 64 << 20, time: 500 },
      onExit,
    });
  });
}

const shout = await load('shout');
console.log(await shout('hello'));
const curious = await load('curious');
console.log(await curious());
const end = Promise.withResolvers();
const endless = await load('endless', (value, reason) => end.resolve(reason));
await endless().catch((error) => console.log(error.message));
console.log(await end.promise);
rmdirSync(folder);
isolate.exit();
