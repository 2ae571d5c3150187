const fs = require('fs');
const path = require('path');
const { at, say } = require('./common.cjs');

say(
  'read',
  () =>
    fs.readFileSync(at('file'), 'utf8') + fs.readFileSync(at('folder/b.txt'), 'utf8') + fs.readFileSync(at('outside'), 'utf8'),
);
say('lstat', () =>
  [at('file'), at('folder'), at('outside'), at('a.txt')].map((file) => fs.lstatSync(file).isSymbolicLink()).join(),
);
say('stat', () => [fs.statSync(at('file')).size, fs.statSync(at('folder')).isDirectory()].join());
say('readlink', () => [fs.readlinkSync(at('file')), fs.readlinkSync(at('folder'))].join());
say('realpath', () => [fs.realpathSync(at('folder/b.txt')), fs.realpathSync.native(at('folder'))].join());
say('list', () =>
  fs
    .readdirSync(at(''), { withFileTypes: true })
    .map((entry) => entry.name + (entry.isSymbolicLink() ? '@' : ''))
    .join(),
);
say('list link', () => fs.readdirSync(at('folder')).join());
say('dangling', () => fs.lstatSync(at('nowhere')).isSymbolicLink() + ' ' + fs.existsSync(at('nowhere')));
say('circle', () => fs.existsSync(at('circle')));
say('unlink', () => fs.unlinkSync(at('file')));
say('write', () => fs.writeFileSync(at('file'), ''));
say('assets', () =>
  require('node:sea')
    .getAssetKeys()
    .map((key) => path.basename(key))
    .join(),
);
