// The memory that small Buffers share cannot be transferred away under them.
const show = (name, fn) => {
  try {
    console.log(name, fn());
  } catch (error) {
    console.log(name, error.name, error.message);
  }
};
for (const pooled of [Buffer.from('abc'), Buffer.allocUnsafe(3), Buffer.concat([Buffer.from('a')])]) {
  show('clone', () => structuredClone(pooled, { transfer: [pooled.buffer] }));
  show('transfer', () => pooled.buffer.transfer());
  show('fixed', () => pooled.buffer.transferToFixedLength());
}
const own = Buffer.alloc(3, 'x');
show('own', () => structuredClone(own, { transfer: [own.buffer] }).length);
show('detached', () => own.length);
show('again', () => structuredClone(1, { transfer: [own.buffer] }));
const twice = new ArrayBuffer(2);
show('twice', () => structuredClone(1, { transfer: [twice, twice] }));
show('memory', () => structuredClone(1, { transfer: [new WebAssembly.Memory({ initial: 1 }).buffer] }));
show('fake', () => structuredClone(1, { transfer: [Object.create(ArrayBuffer.prototype)] }));
show('still', () => Buffer.from('still ok').toString());
show('copy', () => structuredClone(Buffer.from('abc').buffer).byteLength === Buffer.poolSize);
