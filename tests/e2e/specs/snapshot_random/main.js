// Random bytes that are drawn while packing are drawn anew at start where the program holds them, and so is what
// Node's library and packages keep for later. What was made of them stays.
const crypto = require('node:crypto');

const key = crypto.randomBytes(16), text = key.toString('hex'), id = crypto.randomUUID();
const pool = crypto.randomFillSync(new Uint8Array(32), 8), first = pool.join();
const words = crypto.getRandomValues(new Uint32Array(4)), sum = words.join();
crypto.randomInt(2 ** 40);
let late;
crypto.randomBytes(8, (error, bytes) => { late = bytes; });

dv8.main(() => {
  console.log(text.length, key.toString('hex') !== text, words.join() !== sum, late.some((byte) => byte !== 0));
  console.log(pool.subarray(0, 8).join(''), pool.join() !== first);
  console.log(id.length, crypto.randomUUID() !== id, new Set(Array.from({ length: 300 }, () => crypto.randomUUID())).size);
});
