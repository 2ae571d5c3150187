const global = this;
const process = 1,
  args = [2];
let print = 'p';
var env = 3;
function shutdown() {
  return 4;
}
class Buffer {}
console.log(
  global === globalThis,
  process,
  args[0],
  print,
  env,
  shutdown(),
  Buffer.name,
  globalThis.env,
  typeof globalThis.process,
);
