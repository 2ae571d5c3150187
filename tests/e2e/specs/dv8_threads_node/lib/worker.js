const { Process } = module('process', {})
console.log('worker', require('./own.js').name, new Process().pid() > 0, typeof TextDecoder)
