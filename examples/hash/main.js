// The sum of standard input, or its HMAC when a key follows the algorithm.
const { TTY } = library('tty', {});
const { Hash, Hmac } = library('openssl', {});

const [algorithm = 'sha256', key] = args.slice(2);
const input = new Buffer();
const output = new Buffer();
input.alloc(65536);
output.alloc(64);
const sum = key === undefined ? new Hash() : new Hmac();
if (key === undefined) sum.setup(algorithm, input, output);
else sum.setup(algorithm, key, input, output);
sum.create();

const stdin = new TTY(0);
stdin.setup(input);
stdin.onRead((length) => sum.update(length));
stdin.onEnd(() => {
  const bytes = new Uint8Array(output.bytes, 0, sum.digest());
  console.log(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''));
  sum.free();
  stdin.close();
});
stdin.resume();
