const a = require('./parts/a.js', { ignored: true })
console.log(a.name, a.b, a.own)
const again = require('./parts/a.js')
console.log(again === a, again.runs, global.runs)
console.log(require('./value.js'), typeof hidden)
console.log(require('./early.js').early)
console.log(require('./circle.js').done)
console.log(require('./data.json').n, typeof require('os').OS, typeof require('node:path').join)
const name = './ex' + 'tra.js'
console.log(require(name), require(['.', 'data.json'].join('/')).n)
try {
  require('./no' + 'ne.js')
} catch (error) {
  console.log(error.code)
}
try {
  require('./throws.js')
} catch (error) {
  console.log(/parts?\/|throws.js:3/.test(error.stack), error.message)
}
const { OS } = module('os', {})
console.log(typeof OS)
