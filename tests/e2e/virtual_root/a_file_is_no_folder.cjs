const fs = require('fs');
const { at, say } = require('./common.cjs');

for (const name of ['a.txt/x', 'a.txt/']) {
  say('read', () => fs.readFileSync(at('') + '/' + name));
  say('stat', () => fs.statSync(at('') + '/' + name));
  say('access', () => fs.accessSync(at('') + '/' + name));
  say('list', () => fs.readdirSync(at('') + '/' + name));
}
say('make', () => fs.mkdirSync(at('a.txt/x')));
say('write', () => fs.writeFileSync(at('a.txt/x'), ''));
say('remove', () => fs.unlinkSync(at('a.txt/x')));
say('chdir', () => process.chdir(at('a.txt')));
say('none', () => fs.readFileSync(at('none/x')));
