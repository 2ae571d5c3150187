// copy FROM TO: copies a file, a buffer at a time, and compares both.
const { File, FileSystem, O_CREAT, O_RDWR, O_TRUNC } = module('fs', {});

const SIZE = 65536;
const [from, to] = args.slice(2);

function fail(what, rc) {
  console.log(`${what}: error ${rc}`);
  process.exit(1);
}

function open(path, flags) {
  const file = new File();
  file.bytes = Buffer.alloc(SIZE);
  file.setup(file.bytes);
  const fd = file.open(path, flags);
  if (fd < 0) fail(path, fd);
  return file;
}

if (to === undefined) fail('copy FROM TO', -22);
const source = open(from);
const target = open(to, O_CREAT | O_RDWR | O_TRUNC);
source.setup(target.bytes); // What is read here is written from here.
let size = 0;
for (let length; (length = source.read(SIZE, size)) !== 0;) {
  if (length < 0) fail(from, length);
  for (let done = 0; done < length;) {
    const written = target.write(length, size);
    if (written < length) fail(to, written);
    done += written;
  }
  size += length;
}

source.setup(source.bytes);
let same = true;
for (let at = 0; at < size && same; at += SIZE) {
  const length = source.read(SIZE, at);
  same = target.read(SIZE, at) === length && source.bytes.read(0, length) === target.bytes.read(0, length);
}
source.close();
target.close();
console.log(`copied ${size} bytes, ${same ? 'the same' : 'not the same'}`);
if (args[4] === '--remove') FileSystem.unlink(to);
