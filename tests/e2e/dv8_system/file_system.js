const { File, FileSystem, O_CREAT, O_RDWR } = library('fs', {});
const node = require('node:fs');
const s = new FileSystem();
console.log(FileSystem.mkdir('d'), s.mkdir('d'), FileSystem.mkdir('d/e', 0o700), (node.statSync('d/e').mode & 0o777).toString(8));
node.writeFileSync('d/a', 'x'.repeat(100000));
console.log(
  FileSystem.rename('d/a', 'd/b'),
  s.rename('d/a', 'd/b'),
  FileSystem.copy('d/b', 'd/c'),
  node.readFileSync('d/c', 'utf8') === 'x'.repeat(100000),
  FileSystem.copy('d/none', 'd/z'),
  FileSystem.copy('d/b', 'no/where'),
  node.existsSync('d/z'),
);
const f = new File();
const fd = f.open('d/c', O_RDWR);
const n = new BigInt64Array(13);
console.log(
  FileSystem.fstat(fd, n),
  n[7],
  n[6] === BigInt(node.statSync('d/c').ino),
  Number(n[1] & 0o170000n) === 0o100000,
  Number(n[11] / 1000000n) === Math.trunc(node.statSync('d/c').mtimeMs),
);
console.log(
  FileSystem.ftruncate(fd, 10),
  node.statSync('d/c').size,
  FileSystem.fsync(fd),
  FileSystem.fsync(99),
  FileSystem.ftruncate(99, 1),
  FileSystem.fstat(99, n),
);
const out = new File();
const to = out.open('d/sent', O_CREAT | O_RDWR);
node.writeFileSync('d/c', '0123456789');
console.log(
  FileSystem.sendfile(to, fd, 4, 3),
  s.sendfile(to, fd, 100, 5),
  FileSystem.sendfile(to, 99, 1),
  node.readFileSync('d/sent', 'utf8'),
);
console.log(FileSystem.unlink('d/b'), FileSystem.unlink('d/b'), node.readdirSync('d').join());
for (const t of [
  () => FileSystem.fstat(fd, new BigInt64Array(12)),
  () => FileSystem.fsync(-1),
  () => FileSystem.ftruncate(fd, -2),
  () => FileSystem.sendfile(to, fd, -1),
  () => FileSystem.unlink(5),
  () => FileSystem.fsync(2 ** 40),
  () => FileSystem.mkdir('m', '0700'),
  () => FileSystem.copy('d/c', 5),
])
  try {
    t();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
