const { UDP } = library('udp', {});
const memory = new Uint8Array(65536),
  u = new UDP();
u.setup(memory, memory);
try {
  u.setup(new ArrayBuffer(8, { maxByteLength: 16 }));
  console.log('no error');
} catch (e) {
  console.log(e.name, e.message);
}
u.close();
