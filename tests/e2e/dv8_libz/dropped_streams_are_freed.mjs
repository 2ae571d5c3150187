import { ZLib, DEFLATE } from 'dv8:libz';
import { gc } from 'dv8:core';
const b = new Uint8Array(10),
  turn = () => new Promise((done) => setTimeout(done, 0));
const round = async () => {
  for (let i = 0; i < 1000; i++) new ZLib(DEFLATE).setup(b, b, 9);
  for (let i = 0; i < 3; i++) {
    gc();
    await turn();
  }
  return process.memoryUsage().rss;
};
await round();
const before = await round();
for (let i = 0; i < 7; i++) await round();
console.log(Math.round(((await round()) - before) / 2 ** 20));
