const { Socket, UNIX } = module('socket', {})
const { HTTPParser, REQUEST } = module('httpParser', {})

function pair (own, size) {
  const one = new Socket(UNIX)
  const two = new Socket(UNIX)
  const input = Buffer.alloc(size)
  const work = Buffer.alloc(256)
  const parser = new HTTPParser()
  const text = Buffer.alloc(1024)
  one.onConnect(() => one.setup(input, Buffer.alloc(64)))
  two.onConnect(() => two.setup(Buffer.alloc(64), text))
  two.open(one.open())
  parser.setup(input, work)
  parser.reset(REQUEST, one)
  if (own) one.setup(Buffer.alloc(1024), Buffer.alloc(64))
  one.resume()
  one.onEnd(() => one.close())
  const send = string => two.write(text.write(string))
  return { one, two, parser, work, send }
}

const head = name => `GET /${name} HTTP/1.1\r\n\r\n`
const post = body => `POST /b HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`

function first (next) {
  const { one, two, parser, work, send } = pair(false, 1024)
  let body = ''
  parser.onHeaders(() => console.log('headers', new Uint8Array(work.bytes)[2]))
  parser.onBody((length, offset) => {
    body += work.read(0, length)
    console.log('body', length, offset > 0)
  })
  parser.onRequest(() => console.log('request'))
  one.onRead(length => {
    console.log('onRead', length, body.length, body.slice(-3))
    two.close()
  })
  one.onClose(next)
  send(post('x'.repeat(300) + 'end'))
}

function second (next) {
  for (const [own, size] of [[false, 1024], [true, 1024], [true, 40]]) {
    const { one, two, parser, work, send } = pair(own, size)
    const urls = []
    const bytes = new Uint8Array(work.bytes)
    parser.onRequest(() => {
      urls.push(work.read(16, bytes[6]))
      parser.pause()
      setTimeout(() => parser.resume(), 1)
      if (urls.length === 5) {
        console.log(own, size, urls.join())
        two.close()
      }
    })
    parser.onError((code, message) => console.log(message))
    one.onClose(() => { if (size === 40) next() })
    send(['one', 'two', 'three', 'four', 'five'].map(head).join(''))
  }
}

function third () {
  const { one, two, parser, work, send } = pair(true, 64)
  let taken
  parser.onHeaders(() => {
    if (new Uint8Array(work.bytes)[3] === 0) return
    one.setup(taken = Buffer.alloc(16), Buffer.alloc(64))
    let text = ''
    one.onRead(length => {
      text += taken.read(0, length)
      if (text.length === 60) {
        console.log('taken over', text.slice(0, 3), text.slice(-3))
        two.close()
      }
    })
  })
  send('GET /u HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nabc' + '-'.repeat(54) + 'xyz')
}

first(() => second(third))
