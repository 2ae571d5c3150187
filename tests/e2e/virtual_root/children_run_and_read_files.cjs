const { execFileSync, execSync, spawnSync } = require('child_process');
const { at, say } = require('./common.cjs');

const text = { encoding: 'utf8' };
say('run', () => execFileSync(at('run.sh'), ['a'], text).trim());
say('run by a shell', () => execSync(at('run.sh'), text).trim());
say('run by node', () => execFileSync(at('script'), ['b'], text).trim());
say('read', () => execFileSync('cat', [at('a.txt'), at('sub/../a.txt')], text));
say('folder', () => spawnSync(at('sub')).error.code);
say('none', () => spawnSync(at('none')).error.code);
say('output', () => {
  const run = spawnSync(at('run.sh'), { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
  return [run.status, run.output.length].join();
});
