const { Thread } = library('thread', {})
const own = require('./lib/own.js')
const run = (source) => new Promise(done => new Thread().start(source, (error, status) => done([error, status])))
;(async () => {
  console.log(own.name, own === require('./lib/own.js'))
  console.log(await run(() => {
    const { join } = require('node:path')
    const own = require('./lib/own.js')
    console.log(join('a', 'b'), own.name, require(['.', 'asset.js'].join('/')))
  }))
  console.log(await run(() => console.log(__dirname, __filename)))
  console.log(await run('./lib/worker.js'))
})()
