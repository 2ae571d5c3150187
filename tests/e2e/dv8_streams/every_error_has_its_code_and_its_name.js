const { TTY } = module('tty', {});
const t = new TTY(1);
let n = 0;
for (const [rc, [code, text]] of require('node:util').getSystemErrorMap()) {
  n++;
  if (t.error(rc) !== `${code}: ${text}`) print(rc, t.error(rc));
}
print(n > 70);
