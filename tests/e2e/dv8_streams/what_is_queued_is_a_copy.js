const { TTY } = module('tty', {});
const t = new TTY(1);
const memory = new Uint8Array(1 << 20).fill(65);
t.setup(memory);
print(t.write(1 << 20) < 1 << 20, t.write(3));
memory.fill(66);
t.onDrain(() => t.close());
