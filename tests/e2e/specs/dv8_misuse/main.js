// Calls all that dv8's objects have with values of every kind: each call ends, by a value or an Error.
const { Socket, TCP, UNIX } = module('socket', {})
const { TTY } = module('tty', {})
const { OS } = module('os', {})
const { ZLib } = module('libz', {})
const { HTTPParser } = module('httpParser', {})
const { PicoHTTPParser } = module('picoHttpParser', {})
const { Thread } = module('thread', {})
const { Hash, SecureSocket, SecureContext } = module('openssl', {})
const { File } = module('fs', {})
const { UDP } = module('udp', {})
const { Queue } = module('posix', {})
const { EventLoop } = module('loop', {})
const { Process } = module('process', {})
const values = [undefined, null, NaN, -1, 0, 1.5, 2 ** 40, 'x', '', {}, [], () => {}, Symbol('s'), 1n, Buffer.alloc(4), new ArrayBuffer(2), true, Infinity, new Float64Array(3)]
const objects = [
  () => new Socket(TCP),
  () => { const socket = new Socket(UNIX); socket.open(); return socket },
  () => { const socket = new Socket(TCP); socket.listen('127.0.0.1', 0); return socket },
  () => new TTY(1), () => new OS(), () => new ZLib(3), () => new HTTPParser(), () => new PicoHTTPParser(), () => new Thread(),
  () => new Hash(), () => new SecureSocket(), () => new SecureContext(), () => new File(), () => new UDP(), () => new Queue(),
  () => new EventLoop(), () => new Process(), () => new Buffer(), () => Buffer
]
// These wait, write to the terminal, or end the program.
const skipped = new Set(['constructor', 'run', 'sleep', 'usleep', 'onSignal', 'write', 'writeText', 'writeString', 'start', 'spawn', 'recv'])
let seed = 5
const random = limit => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % limit
let calls = 0
let errors = 0

function attempt (fn) {
  calls++
  try {
    fn()
  } catch (error) {
    errors++
    if (!(error instanceof Error)) console.log('no Error', error)
  }
}

const isOwn = fn => typeof fn === 'function' && !/\[native code\]/.test(Function.prototype.toString.call(fn))
for (const make of objects) {
  const names = new Set()
  for (let at = make(); at !== null && at !== Object.prototype && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (isOwn(Object.getOwnPropertyDescriptor(at, name).value)) names.add(name)
  }
  for (const name of names) {
    if (skipped.has(name)) continue
    for (let i = 0; i < 40; i++) {
      const object = make()
      const given = Array.from({ length: random(5) }, () => values[random(values.length)])
      if (object instanceof TTY && name === 'close') continue
      attempt(() => object[name](...given))
      if (object instanceof Socket || object instanceof UDP) object.close()
    }
  }
}
globalThis.receive = () => {}
for (const value of values) {
  for (const fn of [
    () => send(value), () => require(value), () => runScript(value), () => gc(value), () => process.spawn(value), () => new Thread().start(value, error => error),
    () => library(value, {}), () => module(value), () => onExit(value), () => process.nextTick(value), () => process.hrtime(value),
    () => { Buffer.alloc(4).bytes = value }, () => new TTY(value), () => new Socket(value), () => new ZLib(value)
  ]) attempt(fn)
}
console.log(calls > 3000, errors > 1000)
setTimeout(() => process.exit(0), 200)
