// gzip [-d]: packs standard input, or unpacks it, to standard output.
const { TTY } = module('tty', {});
const { ZLib, ZLIB_MODE_GZIP, ZLIB_MODE_GUNZIP, Z_FINISH, Z_NO_FLUSH, Z_BEST_COMPRESSION } = module('libz', {});

const SIZE = 65536;
const unpacks = args[2] === '-d';
const input = Buffer.alloc(SIZE);
const output = Buffer.alloc(SIZE);
const stdin = new TTY(0);
const stdout = new TTY(1);
const codec = new ZLib(unpacks ? ZLIB_MODE_GUNZIP : ZLIB_MODE_GZIP);
codec.setup(input, output, Z_BEST_COMPRESSION);
stdin.setup(input);
stdout.setup(output);
let read = 0;
let written = 0;

function fail(message) {
  print(message);
  process.exit(1);
}

/** Works off `length` bytes of input; what comes out is written each time that the output is full. */
function work(length, flush) {
  let left = codec.write(length, flush, SIZE);
  for (;;) {
    if (left < 0) fail(codec.error() ?? 'the input ends too early');
    const size = SIZE - left;
    written += size;
    if (size > 0 && stdout.write(size) < size) stdin.pause();
    if (left > 0) return;
    left = codec.write(0, flush, SIZE);
  }
}

stdin.onRead((length) => {
  read += length;
  work(length, Z_NO_FLUSH);
});
stdin.onEnd(() => {
  if (read > 0 || !unpacks) work(0, Z_FINISH);
  codec.end();
  stdin.close();
});
stdin.onClose(() => stdout.close());
stdout.onDrain(() => stdin.resume());
stdout.onClose(() => print(`${read} bytes to ${written}`));
stdin.resume();
