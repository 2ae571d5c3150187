import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isolate } from 'dv8:isolate';

const top = mkdtempSync(join(tmpdir(), 'isolate-folder-'));
const root = join(top, 'root');
mkdirSync(join(root, 'sub'), { recursive: true });
writeFileSync(join(top, 'secret.txt'), 'secret');
writeFileSync(join(root, 'sub', 'text.txt'), 'h\u00e9llo');
symlinkSync('../secret.txt', join(root, 'link'));
symlinkSync(join(top, 'secret.txt'), join(root, 'absolute'));
symlinkSync('..', join(root, 'up'));
symlinkSync('sub', join(root, 'inside'));
symlinkSync('/proc/self/root', join(root, 'magic'));

const code = `
async function all(fs) {
  var results = [];
  for (var options of isolate.data) {
    try { results.push(await fs(options)); } catch (error) { results.push(error.message); }
  }
  return results;
}
all(isolate.system.fs.current).then(function(results) { isolate.exit(results); });
`;

function run(readOnly, data) {
  return new Promise((resolve) => {
    isolate.spawn({ code, data, sandbox: true, system: { fs: { current: isolate.folder(root, { readOnly }) } }, onExit: resolve });
  });
}

const reads = ['/sub/text.txt', 'inside/text.txt', '/sub', '/none', '/link', '/absolute', '/up/secret.txt', '/../secret.txt', '/sub/../../secret.txt', '/magic/etc/passwd', '/sub/text.txt/x', '\0'];
console.log(JSON.stringify(await run(true, reads.map((path) => ({ action: 'readFile', path })))));
console.log(JSON.stringify(await run(true, [
  { action: 'stat', path: '/' }, { action: 'stat', path: '/sub/text.txt' }, { action: 'stat', path: '/link' },
  { action: 'list', path: '/up' }, { action: 'list', path: '/sub' }, { action: 'writeFile', path: '/x', data: '' },
  { action: 'mkdir', path: '/x' }, { action: 'remove', path: '/sub/text.txt' }, { action: 'spawn', path: '/sub/text.txt' },
  { action: 'toString', path: '/' }, { path: '/' }, { action: 'stat' },
])));
console.log(JSON.stringify(await run(false, [
  { action: 'writeFile', path: '/made.txt', data: 'one' }, { action: 'writeFile', path: '/link', data: 'overwritten' },
  { action: 'writeFile', path: '/up/made.txt', data: 'x' }, { action: 'mkdir', path: '/dir' }, { action: 'mkdir', path: '/up/dir' },
  { action: 'remove', path: '/up/secret.txt' }, { action: 'remove', path: '/..' }, { action: 'remove', path: '/dir' },
  { action: 'readFile', path: '/made.txt' }, { action: 'remove', path: '/made.txt' }, { action: 'readFile', path: '/made.txt' },
])));
console.log(readFileSync(join(top, 'secret.txt'), 'utf8'));
rmSync(top, { recursive: true });
isolate.exit();
