// Ids, modes, offsets, lengths and positions that are none: each is refused as Node refuses it.
const fs = require('fs');
const os = require('os');
const path = require('path');
const top = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
const file = path.join(top, 'a.txt');
fs.writeFileSync(file, 'hello');
const fd = fs.openSync(file, 'r+');
const sink = fs.openSync('/dev/null', 'r+'); // What goes on later must not meet what is done now.
const view = Buffer.alloc(4);
const odd = [NaN, -1, -2, -0, 1.5, 2 ** 31, 2 ** 32, 2 ** 32 + 7, 2 ** 53, Infinity, '1', null, undefined, {}];
const say = (name, error, value) => console.log(name, ...(error ? [error.name, error.code, error.message.replaceAll(top, '<top>')] : [value]));
const show = (name, fn) => {
  try {
    say(name, null, fn());
  } catch (error) {
    say(name, error);
  }
};
const refused = (name, fn) => {
  try {
    fn();
    console.log(name, 'taken');
  } catch (error) {
    say(name, error);
  }
};
for (const n of odd) {
  const text = Object.is(n, -0) ? '-0' : String(n);
  if (![-1, -0].includes(n)) {
    for (const call of ['chown', 'lchown']) {
      show(`${call}Sync uid ${text}`, () => fs[`${call}Sync`](path.join(top, 'none'), n, -1));
      refused(`${call} gid ${text}`, () => fs[call](path.join(top, 'none'), -1, n, () => {}));
    }
    if (!Number.isInteger(n) || n >= 2 ** 32) show(`fchownSync ${text}`, () => fs.fchownSync(fd, n, -1));
  }
  show(`readSync offset ${text}`, () => fs.readSync(fd, view, n, 1, 0));
  show(`readSync length ${text}`, () => fs.readSync(fd, view, 0, n, 0));
  show(`readSync position ${text}`, () => typeof fs.readSync(fd, view, 0, 1, n));
  show(`writeSync offset ${text}`, () => fs.writeSync(fd, view, n, 1, 0));
  if (!Object.is(n, -0)) show(`writeSync length ${text}`, () => fs.writeSync(fd, view, 0, n, 0));
  if (typeof n !== 'number' || n < 9) show(`writeSync position ${text}`, () => fs.writeSync(fd, view, 0, 1, n));
  refused(`read ${text}`, () => fs.read(sink, view, n, 1, 0, () => {}));
  refused(`write ${text}`, () => fs.write(sink, view, n, 1, 0, () => {}));
  if (n !== undefined && (typeof n !== 'number' || !(n >= 2 ** 31))) show(`ftruncateSync ${text}`, () => fs.ftruncateSync(fd, n));
  if (n !== 2 ** 31) refused(`chmodSync ${text}`, () => fs.chmodSync(file, n));
  show(`accessSync ${text}`, () => fs.accessSync(file, n));
  refused(`copyFileSync ${text}`, () => fs.copyFileSync(file, path.join(top, 'copy'), n));
}
show('bigint', () => fs.readSync(fd, view, 0, 1, 2n));
show('bigint', () => fs.readSync(fd, view, 0, 1, 2n ** 63n));
show('bigint', () => fs.readSync(fd, view, 0, 1, -2n));
show('empty', () => fs.readSync(fd, Buffer.alloc(0), 0, 1, 0));
for (const views of [null, undefined, 'x', [1], [view, 'x'], {}]) {
  show('readvSync', () => fs.readvSync(fd, views));
  show('writevSync', () => fs.writevSync(fd, views));
  refused('readv', () => fs.readv(fd, views, () => {}));
}
show('readvSync NaN', () => typeof fs.readvSync(fd, [view], NaN));
show('writevSync none', () => fs.writevSync(fd, []));
for (const n of [-1, 1.5, NaN, 2 ** 31, '1', undefined]) {
  show(`fstatSync ${n}`, () => typeof fs.fstatSync(n));
  show(`closeSync ${n}`, () => fs.closeSync(n));
}
show('fstatSync -0', () => typeof fs.fstatSync(-0));
(async () => {
  for (const n of [NaN, 2 ** 32, '1', {}]) {
    await fs.promises.chown(file, n, 0).catch((error) => say('promises.chown', error));
    await fs.promises.truncate(file, n === 2 ** 32 ? 0.5 : n).catch((error) => say('promises.truncate', error));
    const handle = await fs.promises.open(file, 'r+');
    await handle.chown(0, n).catch((error) => say('handle.chown', error));
    await handle.close();
  }
  fs.closeSync(fd);
  fs.rmSync(top, { recursive: true });
})();
