const { Thread } = library('thread', {})
const own = require('./own.js')
new Thread().start(() => {
  const { join } = require('node:path')
  console.log(join('a', 'b'), require('./own.js').value, __filename)
}, (error, status) => console.log(own.value, error, status))
