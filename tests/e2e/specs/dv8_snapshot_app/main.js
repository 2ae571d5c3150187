const lib = require('./lib.js')
lib.count++
dv8.main(() => {
  console.log(lib.count, require('./lib.js').count, args.length, args[1], args[2], this === globalThis)
  process.spawn(() => console.log('thread', require('./lib.js').count), ({ status }) => console.log(status))
})
