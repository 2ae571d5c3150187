const { Socket, UNIX } = module('socket', {})
console.log(require('./asks.js').kind, require('./nothing.js'))
const path = `./dv8-option.${process.PID}`
const server = new Socket(UNIX)
server.onConnect(fd => {
  const peer = new Socket(UNIX)
  peer.setup(fd, Buffer.alloc(8), Buffer.alloc(8))
  peer.onEnd(() => peer.close())
  server.close()
})
server.listen(path)
const client = new Socket(UNIX)
client.onWrite((first, status) => {
  console.log(first === own ? 'descriptor' : 'length', status)
  client.close(first === own ? own : 1)
})
client.onClose(fd => console.log('closed', typeof fd))
let own
client.onConnect(fd => {
  own = fd
  client.setup(fd, Buffer.alloc(64), Buffer.alloc(64))
  client.writeText('x'.repeat(50))
})
client.connect(path)
