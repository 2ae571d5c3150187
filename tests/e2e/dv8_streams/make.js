// A socket with 64 bytes of memory.
const { Socket, UNIX } = module('socket', {});
module.exports = () => {
  const s = new Socket(UNIX);
  s.memory = new Uint8Array(64);
  s.setup(s.memory);
  return s;
};
