var declared = 1
function named () { return declared }
const hidden = 2
console.log(this === globalThis, globalThis.declared, typeof globalThis.named, globalThis.hidden)
globalThis.declared = 5
console.log(named(), runScript('declared + hidden'), require('./uses.js'))
const names = ['env', 'args', 'onExit', 'onUncaughtException', 'memoryUsage', 'evalScript', 'setTimeout', 'library']
console.log(names.every(name => eval(`typeof ${name}`) !== 'undefined'))
console.log(names.every(name => new Function(`return typeof ${name}`)() !== 'undefined'))
console.log(names.every(name => evalScript(`typeof ${name}`) !== 'undefined' && runScript(`typeof ${name}`) !== 'undefined'))
console.log(typeof __filename, typeof gc, gc())
const strict = (function () {
  'use strict'
  const buffer = new Buffer()
  buffer.bytes = new Uint8Array(buffer.alloc(8))
  buffer.size = 3
  buffer.write('abc')
  return [buffer.bytes[2], buffer.size, buffer.read(0, 3), buffer.alloc().byteLength]
})()
console.log(strict.join())
const held = { bytes: new Uint8Array(8) }
const target = Buffer.alloc(4)
target.write('dest')
console.log(target.copy(held, 4), String.fromCharCode(...held.bytes.subarray(0, 4)))
