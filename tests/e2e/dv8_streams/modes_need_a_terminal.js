const { TTY } = module('tty', {});
const t = new TTY(0);
console.log(t.setup(new ArrayBuffer(8), 1), t.setup(new ArrayBuffer(8)), t.error(0, -25));
