const { TTY } = module('tty', {});
const tty = new TTY(1);
const tries = [
  () => new TTY(-1),
  () => new TTY('x'),
  () => new TTY(1000),
  () => tty.setup('text'),
  () => tty.setup(new Buffer()),
  () => tty.setup(new ArrayBuffer(8), 3),
  () => tty.onRead(5),
  () => tty.stats(new BigUint64Array(19)),
  () => tty.stats(new Float64Array(20)),
  () => tty.write(1),
  () => {
    tty.setup(new ArrayBuffer(16));
    tty.write(17);
  },
  () => tty.write(1, 16),
  () => tty.write(-1),
  () => tty.write(1.5),
  () => tty.write(4, -2),
];
for (const attempt of tries)
  try {
    attempt();
    print('no error');
  } catch (error) {
    print(`${error.name}: ${error.message}`);
  }
