const { ZLib, DEFLATE, INFLATE, Z_SYNC_FLUSH } = library('libz', {});
const input = new Buffer();
input.alloc(100);
const out = new Buffer();
out.alloc(100);
const n = input.write('hello hello');
const z = new ZLib(DEFLATE);
console.log(z.setup(input, out));
let left = z.write(n, Z_SYNC_FLUSH);
left = z.write(n, Z_SYNC_FLUSH); // Appends to what is there.
const back = new Buffer();
back.alloc(100);
const i = new ZLib(INFLATE);
i.setup(out, back);
console.log(back.read(0, 100 - i.write(100 - left)));
console.log(i.write(0), i.write(0, 0, 100), i.left(), z.end(), i.end());
