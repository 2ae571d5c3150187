const { Thread } = library('thread', {})
library('assets', {})
library('socket', {})
library('httpParser', {})
library('picoHttpParser', {})
library('openssl', {})

const run = (fn, count = 1) => Promise.all(Array.from({ length: count }, () => new Promise(done => {
  new Thread().start(fn, (error, status) => done(`${error && error.message} ${status}`))
})))

;(async () => {
  console.log(await run(() => {
    process.on('uncaughtException', () => { throw new Error('of the listener') })
    setTimeout(() => { throw new Error('first') }, 1)
  }))
  console.log(await run(() => {
    process.on('exit', () => { throw new Error('at the end') })
  }))
  console.log(await run(() => {
    const { Socket, TCP } = library('socket', {})
    const { HTTPParser, REQUEST } = library('httpParser', {})
    const { PicoHTTPParser } = library('picoHttpParser', {})
    const { SecureContext, SecureSocket } = library('openssl', {})
    const memory = () => new Uint8Array(256)
    const context = new SecureContext()
    context.setup(1, undefined, undefined, undefined, { verify: false })
    globalThis.kept = []
    for (let i = 0; i < 20; i++) {
      // Made before and after the stream: they are deleted in the order in which they were made.
      const early = new HTTPParser()
      const secure = new SecureSocket()
      const socket = new Socket(TCP)
      const late = new PicoHTTPParser()
      for (const parser of [early, late]) parser.setup(memory(), memory())
      socket.setup(memory(), memory())
      early.reset(REQUEST, socket)
      secure.setup(context, socket, 'host')
      kept.push(socket, early, secure, late)
      const other = new Socket(TCP)
      other.setup(memory(), memory())
      const parser = new PicoHTTPParser()
      parser.setup(memory(), memory())
      parser.reset(other)
      const tls = new SecureSocket()
      tls.setup(context, other, 'host')
      kept.push(other, parser, tls)
    }
  }))
  const all = await run(() => {
    for (let i = 0; i < 8000; i++) {
      process.env[`NAME_${i % 50}_${Math.random()}`] = 'x'.repeat(i % 100)
      if (process.env.NONE !== undefined) throw new Error('no')
      if (i % 100 === 0) for (const name of Object.keys(process.env)) if (name.startsWith('NAME_')) delete process.env[name]
    }
  }, 4)
  console.log(all.join())
  const read = await run(() => {
    const { list, text } = library('assets', {})
    for (let i = 0; i < 100; i++) for (const path of list()) if (text(path) !== path.at(-5).repeat(3000)) throw new Error(path)
  }, 4)
  console.log(read.join())
})()
