// The stream classes of node:tty refuse what is no terminal.
const tty = require('tty');
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
const fd = require('fs').openSync('/dev/null');
console.log(typeof tty.ReadStream, typeof tty.WriteStream, tty.isatty(fd), tty.isatty(-1), tty.isatty('x'));
for (const name of ['ReadStream', 'WriteStream']) {
  for (const wrong of [-1, 1.5, 'x', NaN, undefined, 2 ** 31]) show(name, () => new tty[name](wrong));
  show(name, () => new tty[name](fd));
}
console.log(process.stdout instanceof tty.WriteStream, tty.ReadStream.prototype instanceof require('stream').Readable);
