// What node:fs does with embedded files, with a real folder of their path or without one.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const data = `${here}/data`;
const file = `${data}/a.txt`;
const isReal = process.argv[2] === 'real';
const say = (...what) => console.log(...what);
const codeOf = (error) => error.code ?? error.message;

// Each way to call a function: [name, promise of its result].
const ways = (name, args) => [
  ['sync', (async () => fs[`${name}Sync`](...args))()],
  ['callback', (async () => promisify(fs[name])(...args))()],
  ['promise', fs.promises[name] === undefined ? undefined : (async () => fs.promises[name](...args))()],
];
async function same(label, name, ...args) {
  const told = (value) => {
    value?.close?.();
    return value === undefined ? 'done' : typeof value;
  };
  const outcomes = ways(name, args).map(([, promise]) => promise?.then(told, codeOf));
  say(label, ...new Set((await Promise.all(outcomes)).filter((outcome) => outcome !== undefined)));
}

say('file', fs.readFileSync(file, 'utf8'), fs.statSync(file).size, fs.lstatSync(file).isFile());
for (const path of [`${here}//data/./sub/../a.txt`, `/app/x/../data/a.txt`, '//app/data/a.txt', Buffer.from(file), pathToFileURL(file)]) {
  say('path', fs.readFileSync(path, 'utf8'), fs.existsSync(path));
}
say('folder', fs.statSync(data).isDirectory(), fs.existsSync(`${data}/`), fs.existsSync(`${file}/`), fs.realpathSync(`${data}/../data/sub/`));
say('list', fs.readdirSync(data).join(), fs.readdirSync(here).join());
say('list', (await fs.promises.readdir(data, { recursive: true })).sort().join());
say('list', fs.readdirSync(here, { withFileTypes: true }).map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`).join());
await same('W_OK', 'access', file, fs.constants.W_OK);
await same('X_OK', 'access', file, fs.constants.X_OK);
await same('R_OK', 'access', file, fs.constants.R_OK);
await same('readlink', 'readlink', file);
await same('statfs', 'statfs', file);
await same('opendir', 'opendir', data);

// Nothing changes what is embedded, and nothing is made beside it.
fs.mkdirSync('/tmp/other', { recursive: true });
fs.writeFileSync('/tmp/other/x', 'x');
const changes = {
  unlink: [file], rmdir: [data], rm: [data, { recursive: true, force: true }], chmod: [file, 0o600], chown: [file, 0, 0],
  lchown: [file, 0, 0], utimes: [file, 1, 1], lutimes: [file, 1, 1], truncate: [file, 0], writeFile: [file, 'y'], appendFile: [file, 'y'],
};
for (const [name, args] of Object.entries(changes)) await same(name, name, ...args);
await same('rm file', 'rm', file);
await same('rename from', 'rename', file, '/tmp/other/y');
await same('rename to', 'rename', '/tmp/other/x', file);
await same('rename folder', 'rename', data, '/tmp/other/y');
await same('copyFile to', 'copyFile', '/tmp/other/x', file);
await same('cp to', 'cp', '/tmp/other/x', file);
await same('link from', 'link', file, '/tmp/other/z');
await same('link to', 'link', '/tmp/other/x', file);
await same('symlink', 'symlink', 'x', file);
await same('mkdir', 'mkdir', data);
await same('mkdir -p', 'mkdir', data, { recursive: true });
for (const flags of ['w', 'a', 'r+', 'wx', 'w+']) await same(`open ${flags}`, 'open', file, flags);
await same('new file', 'writeFile', `${data}/n.txt`, 'y');
await same('new copy', 'copyFile', '/tmp/other/x', `${data}/n.txt`);
await same('new name', 'rename', '/tmp/other/x', `${data}/n.txt`);
await same('new link', 'symlink', 'x', `${data}/n.txt`);
await same('new folder', 'mkdir', `${data}/n`);
await same('new folders', 'mkdir', `${data}/n/m`, { recursive: true });
await same('new mkdtemp', 'mkdtemp', `${data}/n`);
await new Promise((resolve) => {
  fs.createWriteStream(`${data}/s.txt`).on('error', (error) => say('stream', error.code)).on('close', resolve).end('x');
});
say('unchanged', fs.readFileSync(file, 'utf8'), fs.readFileSync(`${data}/sub/b.txt`, 'utf8'));
fs.copyFileSync(file, '/tmp/other/copy');
fs.cpSync(data, '/tmp/other/tree', { recursive: true });
say('copied', fs.readFileSync('/tmp/other/copy', 'utf8'), fs.readFileSync('/tmp/other/tree/sub/b.txt', 'utf8'));

// An open one is what its path says, and what walks folders finds them.
const opened = fs.openSync(file);
say('opened', JSON.stringify(fs.fstatSync(opened)) === JSON.stringify(fs.statSync(file)), fs.fstatSync(opened, { bigint: true }).size);
fs.closeSync(opened);
const handle = await fs.promises.open(file);
say('handle', (await handle.stat()).mode.toString(8), await handle.readFile('utf8'));
await handle.close();
const walked = [];
for await (const entry of await fs.promises.opendir(data, { recursive: true })) walked.push(entry.name);
say('walked', walked.sort().join(), fs.globSync(`${data}/**/*.txt`).sort().join());
say('blob', await (await fs.openAsBlob(file)).text());
await fs.promises.cp(data, '/tmp/other/walked', { recursive: true });
say('copied', fs.readdirSync('/tmp/other/walked', { recursive: true }).sort().join());
await same('read folder', 'readFile', data);
await same('copy into', 'cp', '/tmp/other/walked', `${data}/n`, { recursive: true });

// Beside them, a real folder is an ordinary one.
if (isReal) {
  say('real', fs.readFileSync('/app/config.txt', 'utf8'), fs.readFileSync('/app/data/real.txt', 'utf8'));
  fs.writeFileSync('/app/new.txt', 'written');
  fs.mkdirSync('/app/logs/deep', { recursive: true });
  await fs.promises.mkdir('/app/logs/deeper/still', { recursive: true });
  fs.appendFileSync('/app/logs/1.log', 'line');
  fs.renameSync('/app/new.txt', '/app/renamed.txt');
  process.chdir('/app');
  say('relative', fs.existsSync('renamed.txt'), fs.readFileSync('logs/1.log', 'utf8'), fs.readFileSync('greeting.txt', 'utf8'),
      fs.readFileSync('./logs/../data/a.txt', 'utf8'));
  await same('relative change', 'unlink', 'data/a.txt');
  fs.rmSync('logs', { recursive: true });
  fs.unlinkSync('renamed.txt');
  fs.chmodSync('config.txt', 0o600);
  say('list', fs.readdirSync('.').join());
  fs.watch('/app').close();
} else {
  await same('no root', 'writeFile', '/app/new.txt', 'y');
  await same('no root', 'mkdir', '/app/logs', { recursive: true });
  const disk = process.cwd();
  process.chdir(here);
  say('in the root', process.cwd(), fs.readFileSync('data/a.txt', 'utf8'), await fs.promises.readFile('greeting.txt', 'utf8'));
  process.chdir('./data/sub/');
  say('below it', process.cwd(), fs.readdirSync('.').join(), fs.existsSync('../a.txt'), fs.realpathSync('b.txt'));
  await same('relative', 'writeFile', 'new.txt', 'y');
  fs.symlinkSync('kept', '/tmp/other/link');
  say('link', fs.readlinkSync('/tmp/other/link'));
  await Promise.resolve().then(() => process.chdir('none')).catch((error) => say(error.message));
  process.chdir('../../../tmp/other');
  say('out of it', process.cwd(), fs.existsSync('copy'));
  process.chdir('/app/data');
  process.chdir(disk);
  say('back', process.cwd() === disk);
}
fs.watch(data, { recursive: true }).close();
