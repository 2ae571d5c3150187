const { Socket, UNIX } = module('socket', {})
const path = `./dv8-sockets.${process.PID}`
const make = () => [Buffer.alloc(64), Buffer.alloc(64)]

function serve (accept, done) {
  const server = new Socket(UNIX)
  accept(server)
  server.onClose(done)
  server.listen(path)
  const client = new Socket(UNIX)
  const [input, output] = make()
  client.onConnect(fd => {
    client.setup(fd, input, output)
    client.write(output.write('hello'))
  })
  client.onRead(length => {
    console.log('client', input.read(0, length))
    client.close()
    server.close()
  })
  client.connect(path)
}

const answer = (peer, input, output) => {
  peer.onRead(length => {
    console.log('server', input.read(0, length))
    peer.write(output.write('answer'))
  })
  peer.onEnd(() => peer.close())
}

serve(server => server.onConnect(fd => {
  const peer = new Socket(UNIX)
  const [input, output] = make()
  console.log('v0.0.5', peer.setup(fd, input, output))
  answer(peer, input, output)
}), () => serve(server => server.onConnect(() => {
  const peer = new Socket(UNIX)
  const [input, output] = make()
  peer.setup(input, output)
  answer(peer, input, output)
  console.log('v0.0.6')
  return peer
}), () => serve(server => server.onConnect(fd => {
  const peer = new Socket(UNIX)
  const [input, output] = make()
  peer.setup(fd, input, output)
  peer.pause()
  answer(peer, input, output)
  let waited = false
  const read = peer.onRead
  setTimeout(() => {
    waited = true
    peer.resume()
  }, 20)
  peer.onRead(length => {
    console.log('paused', waited, length)
    peer.write(output.write('later'))
  })
}), open)))

function open () {
  const one = new Socket(UNIX)
  const two = new Socket(UNIX)
  const [input, output] = make()
  one.onConnect(fd => console.log('one', typeof fd, one.setup(fd, input, output)))
  two.onConnect(() => {
    const [input, output] = make()
    two.setup(input, output)
    two.resume()
    two.onRead(length => {
      console.log('two', input.read(0, length))
      two.close()
    })
    console.log('two')
  })
  one.onEnd(() => one.close())
  const fd = one.open()
  console.log(typeof fd, two.open(fd), two.open(fd) < 0)
  one.write(output.write('ping'))
}
