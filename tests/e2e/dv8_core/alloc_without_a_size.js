const a = Buffer.alloc(4);
const b = new Buffer();
b.alloc(8);
console.log(a.alloc() === a.bytes, b.alloc() === b.bytes, b.alloc().byteLength);
