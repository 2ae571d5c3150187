const { File, O_CREAT, O_RDWR, O_RDONLY, O_TRUNC, O_APPEND, O_WRONLY } = library('fs', {});
const f = new File();
const b = Buffer.alloc(16);
console.log(f.read(0), f.write(0), f.close(), f.open('none.txt'), f.open('.', O_WRONLY));
f.setup(b, b);
console.log(
  f.open('a.txt', O_CREAT | O_RDWR | O_TRUNC) > 2,
  b.write('0123456789abcdef'),
  f.write(16),
  f.write(4, 2),
  f.read(16, 8),
  f.read(16),
  f.read(4, 100),
);
console.log(
  f.close(),
  f.close(),
  f.open('a.txt', O_RDONLY) > 2,
  f.read(8),
  b.read(0, 8),
  f.read(16),
  b.read(0, 8),
  f.read(16),
  f.write(1),
);
console.log(
  f.open('a.txt', O_APPEND | O_WRONLY) > 2,
  f.write(3),
  require('node:fs').readFileSync('a.txt', 'utf8'),
  (require('node:fs').statSync('a.txt').mode & 0o777).toString(8),
);
f.close();
for (const t of [
  () => f.read(17),
  () => f.write(17),
  () => f.read(-1),
  () => f.read(1, -2),
  () => f.open(''),
  () => f.open('a\0b'),
  () => f.open('a.txt', 'r'),
  () => f.setup(1),
])
  try {
    t();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
