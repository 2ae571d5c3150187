console.log(Buffer.alloc(8).bytes instanceof ArrayBuffer, Buffer.fromString('h\u00e9').bytes.byteLength)
gc()
const { Timer } = module('timer', {})
console.log(typeof Timer, typeof module, typeof gc)
console.log(require('./umd.js')(), require('./asks.js'), require('./own.js').name)
const buffer = Buffer.alloc(4)
buffer.bytes = 'mine'
buffer.size = 9
console.log(buffer.bytes, buffer.size, buffer.push('ab', 1), buffer.pull(1, 2), buffer.read(1, 2))
