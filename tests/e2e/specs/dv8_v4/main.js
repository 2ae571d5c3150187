const { TTY } = module('tty', {})
const { Socket } = module('socket', {})
const { Process } = module('process', {})
const { OS } = module('os', {})
new OS().sleep(0.001)
const memory = new Float64Array(4)
new Process().memoryUsage(memory)
console.log(memory.every(n => n > 0), typeof Timer)

const buffer = new Buffer()
buffer.alloc(64)
console.log(buffer.push('h\u00e9', 2), buffer.pull(2, 3))

const input = new Buffer()
input.alloc(64)
const stdin = new TTY(0, length => {
  stdout.write(length === undefined ? 0 : buffer.push(`read ${input.pull(0, length)}`, 0))
}, () => stdin.close(), () => {
  buffer.push('closed\n', 0)
  stdout.write(7)
  stdout.close()
})
const stdout = new TTY(1, () => tcp(), () => {}, (code, message) => print(message))
stdin.setup(input)
stdout.setup(buffer)
stdin.resume()

function make () {
  const memory = new Buffer()
  memory.alloc(256)
  return memory
}

function tcp () {
  const server = new Socket(0)
  const seen = []
  server.onConnect(fd => {
    seen.push(fd)
    server.setup(fd, make(), make())
    console.log('connected', seen.length, server.setNoDelay(fd, true), server.setKeepAlive(fd, true, 10), server.remoteAddress(fd))
  })
  server.onData((fd, length) => {
    const text = server.pull(fd, 0, length)
    console.log('data', seen.indexOf(fd), text)
    if (text === 'stop') return server.close(fd)
    server.pause(fd)
    server.resume(fd)
    const size = server.push(fd, `..${text.toUpperCase()}`, 1)
    console.log('write', server.write(fd, 3, size - 2) === text.length, server.queueSize(fd))
  })
  server.onWrite((fd, status) => console.log('written', seen.indexOf(fd), status))
  server.onEnd(fd => console.log('end', seen.indexOf(fd)))
  let closed = 0
  server.onClose(fd => {
    if (fd === undefined) return console.log('closed')
    console.log('close', seen.indexOf(fd), server.pull(fd, 0, 1), server.push(fd, 'x', 0), server.write(fd, 0, 1))
    if (++closed === 2) proxy()
  })
  console.log('listen', server.listen('127.0.0.1', 0))
  const port = server.portNumber()

  const client = (first, then) => {
    const socket = new Socket(0)
    socket.onConnect(fd => {
      socket.setup(fd, make(), make())
      socket.writeText(fd, 4, first)
    })
    socket.onData((fd, length) => {
      console.log('answer', socket.pull(fd, 0, length), then === undefined)
      if (then === undefined) return socket.close(fd)
      const size = socket.push(fd, then, 0)
      socket.write(fd, 0, size)
    })
    socket.onClose(fd => console.log('client closed', typeof fd))
    socket.connect('127.0.0.1', port)
    return socket
  }
  const one = client('hello', 'stop')
  one.onClose(() => client('again'))

  // Two connections of the server that give each other what they read.
  function proxy () {
    server.onData(() => console.log('never'))
    server.onWrite(() => {})
    const fds = []
    server.onClose(fd => {
      if (fd === undefined) return console.log('closed')
      fds.pop()
      if (fds.length === 0) server.close()
    })
    server.onConnect(fd => {
      fds.push(fd)
      server.setup(fd, make(), make())
      if (fds.length < 2) return other()
      console.log('proxy', server.proxy(fds[0], fds[1]), server.proxy(fds[0], 9999) < 0)
      asker.writeText('question')
    })
    const asker = new Socket(0)
    const memory = make()
    asker.setup(memory, make())
    asker.onRead(length => {
      console.log(memory.pull(0, length))
      asker.close()
    })
    asker.onConnect(() => {})
    asker.connect('127.0.0.1', port)
    function other () {
      const answerer = new Socket(0)
      const memory = make()
      answerer.setup(memory, make())
      answerer.onConnect(() => {})
      answerer.onRead(length => {
        console.log(memory.pull(0, length))
        answerer.writeText('reply')
      })
      answerer.onEnd(() => answerer.close())
      answerer.connect('127.0.0.1', port)
    }
  }
}
