const fs = require('fs');
const { at, say } = require('./common.cjs');

say('statfs', () => {
  const { blocks, bfree, bavail, ffree } = fs.statfsSync(at('a.txt'));
  return [blocks > 0, bfree, bavail, ffree].join();
});
say('none', () => fs.statfsSync(at('none')));
say('chdir', () => {
  process.chdir(at('sub'));
  return process.cwd();
});
say('relative', () => fs.readFileSync('../a.txt', 'utf8') + fs.readFileSync('b.txt', 'utf8') + fs.realpathSync('.'));
say('write', () => fs.writeFileSync('new.txt', ''));
say('up', () => {
  process.chdir('../..');
  return process.cwd() + fs.existsSync('data/a.txt');
});
say('out', () => {
  process.chdir('/');
  return process.cwd();
});
say('opendir', () => {
  const folder = fs.opendirSync(at(''));
  const names = [];
  for (let e; (e = folder.readSync()); ) names.push(e.name);
  folder.closeSync();
  return names.sort().join();
});
say('glob', () =>
  fs
    .globSync('**/*.txt', { cwd: at('') })
    .sort()
    .join(),
);
