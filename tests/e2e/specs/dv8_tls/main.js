const { Socket, UNIX } = module('socket', {})
const { SecureContext, SecureSocket } = module('openssl', {})
const { HTTPParser, REQUEST } = module('httpParser', {})
const server = new SecureContext()
const client = new SecureContext()
console.log(server.setup(0, './cert.pem', './key.pem'), client.setup(1, undefined, undefined, undefined, { ca: './cert.pem' }))

// Both ends of a connection: the server's socket, and the client's TLS.
function pair (done) {
  const one = new Socket(UNIX)
  const two = new Socket(UNIX)
  const input = Buffer.alloc(4096)
  const output = Buffer.alloc(4096)
  const [read, write] = [Buffer.alloc(4096), Buffer.alloc(4096)]
  two.open(one.open())
  one.setup(input, output)
  two.setup(read, write)
  const tls = new SecureSocket()
  tls.setup(client, two, 'localhost')
  tls.onError((code, message) => console.log('client', message))
  tls.onRead(length => {
    console.log('client', read.read(0, length))
    tls.finish()
    two.close()
  })
  one.onEnd(() => one.close())
  one.onClose(done)
  const begin = text => {
    one.resume()
    two.resume()
    tls.onSecure(() => tls.write(write.write(text)))
    tls.start()
  }
  return { one, input, output, begin }
}

function plain (next) {
  const { one, input, output, begin } = pair(next)
  const secure = new SecureSocket()
  one.onRead(length => {
    console.log('onRead', input.read(0, length))
    secure.write(output.write('hello'))
  })
  secure.setup(server, one)
  begin('hi')
}

// The parser before the TLS and behind it, paused meanwhile.
const parsed = parserFirst => next => {
  const { one, input, output, begin } = pair(next)
  const secure = new SecureSocket()
  const parser = new HTTPParser()
  const work = Buffer.alloc(256)
  const urls = []
  const tls = () => secure.setup(server, one)
  if (!parserFirst) tls()
  parser.setup(input, work)
  parser.reset(REQUEST, one)
  if (parserFirst) tls()
  parser.onRequest(() => {
    urls.push(work.read(16, new Uint8Array(work.bytes)[6]))
    parser.pause()
    setTimeout(() => parser.resume(), 1)
    if (urls.length === 3) secure.write(output.write(urls.join()))
  })
  begin(['a', 'b', 'c'].map(name => `GET /${name} HTTP/1.1\r\n\r\n`).join(''))
}

plain(() => parsed(true)(() => parsed(false)(() => console.log('end'))))
