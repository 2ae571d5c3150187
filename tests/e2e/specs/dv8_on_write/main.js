const { Socket, UNIX } = library('socket', {})
const { TTY } = library('tty', {})
const fs = require('node:fs')

function many (stream, done) {
  let writes = 0
  let depth = 0
  let deepest = 0
  stream.onWrite((length, status) => {
    deepest = Math.max(deepest, ++depth)
    if (++writes < 50000) stream.write(1)
    else done(writes, deepest)
    depth--
  })
  stream.write(1)
}

function socket (next) {
  const one = new Socket(UNIX)
  const two = new Socket(UNIX)
  two.open(one.open())
  one.setup(new Uint8Array(1 << 16), new Uint8Array(1))
  two.setup(new Uint8Array(1 << 16), new Uint8Array(1))
  let read = 0
  two.onRead(length => {
    read += length
    if (read === 50000) two.close()
  })
  one.onEnd(() => one.close())
  one.onClose(() => {
    console.log('read', read)
    next()
  })
  two.resume()
  one.resume()
  many(one, (writes, deepest) => console.log('socket', writes, deepest < 3))
}

function file (next) {
  const path = './dv8-on-write.txt'
  const out = new TTY(fs.openSync(path, 'w'))
  out.setup(new Uint8Array(1).fill(120))
  let turns = 0
  const turn = setInterval(() => turns++, 1)
  many(out, (writes, deepest) => {
    clearInterval(turn)
    out.onWrite(length => console.log('last', length))
    console.log('file', writes, deepest < 3, turns > 0)
    out.write(1)
    out.close()
  })
  out.onClose(() => {
    console.log('size', fs.readFileSync(path, 'latin1').length)
    fs.unlinkSync(path)
    next()
  })
}

function order () {
  const one = new Socket(UNIX)
  one.open()
  one.setup(new Uint8Array(8), new Uint8Array(8))
  const seen = []
  one.onWrite(() => {
    seen.push('onWrite')
    process.nextTick(() => seen.push('tick of onWrite'))
    Promise.resolve().then(() => seen.push('microtask of onWrite'))
  })
  process.nextTick(() => {
    process.nextTick(() => seen.push('tick behind'))
    one.write(1)
    seen.push('after the write')
  })
  process.nextTick(() => seen.push('second tick'))
  Promise.resolve().then(() => {
    one.write(1)
    seen.push('in a microtask')
    one.close()
  })
  one.onClose(() => console.log(seen.join('\n')))
}
socket(() => file(order))
