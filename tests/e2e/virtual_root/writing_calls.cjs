const fs = require('fs');
const os = require('os');
const path = require('path');
const { at } = require('./common.cjs');

const fsp = fs.promises;
const disk = fs.mkdtempSync(path.join(os.tmpdir(), 'root-'));
fs.writeFileSync(path.join(disk, 'own'), 'own');
const own = path.join(disk, 'own'),
  file = at('a.txt'),
  folder = at('sub'),
  made = at('new');
const calls = [];
for (const target of [file, made]) {
  calls.push(
    ['writeFile', target, 'x'],
    ['appendFile', target, 'x'],
    ['open', target, 'w'],
    ['open', target, 'a'],
    ['copyFile', own, target],
  );
}
calls.push(
  ['open', file, 'r+'],
  ['truncate', file, 0],
  ['chmod', file, 0o600],
  ['chown', file, 1, 1],
  ['lchown', file, 1, 1],
  ['utimes', file, 1, 1],
  ['lutimes', file, 1, 1],
  ['unlink', file],
  ['rm', file],
  ['rename', file, own],
  ['rename', own, made],
  ['rename', own, file],
  ['link', file, made],
  ['link', own, made],
  ['symlink', own, made],
  ['mkdir', made],
  ['mkdir', path.join(made, 'deep'), { recursive: true }],
  ['mkdtemp', made],
  ['rmdir', folder],
  ['rm', folder, { recursive: true }],
  ['chmod', folder, 0o700],
  ['chown', folder, 1, 1],
  ['utimes', folder, 1, 1],
  ['rename', folder, disk + '/sub'],
  ['cp', own, made],
  ['cp', disk, at('copy'), { recursive: true }],
);
(async () => {
  const wrong = [];
  for (const [name, ...args] of calls) {
    const codes = [];
    try {
      fs[name + 'Sync'](...args);
      codes.push('done');
    } catch (error) {
      codes.push(error.code);
    }
    codes.push(await new Promise((resolve) => fs[name](...args, (error) => resolve(error ? error.code : 'done'))));
    codes.push(
      await fsp[name](...args).then(
        () => 'done',
        (error) => error.code,
      ),
    );
    if (codes.join() !== 'EROFS,EROFS,EROFS') wrong.push(`${name} ${args.join()}: ${codes}`);
  }
  const stream = await new Promise((resolve) => fs.createWriteStream(made).on('error', resolve));
  console.log('calls', calls.length > 30, wrong.join('; ') || 'all EROFS', stream.code);
  console.log(
    'left',
    fs.readFileSync(file, 'utf8') + fs.readFileSync(own, 'utf8'),
    fs.existsSync(made),
    fs.readdirSync(disk).join(),
  );
  fs.rmSync(disk, { recursive: true });
})();
