const { UDP } = module('udp', {})
const { Queue, PRODUCER, CONSUMER } = module('posix', {})
const { File, FileSystem, O_CREAT, O_RDWR } = module('fs', {})
const { EventLoop } = module('loop', {})
const { Timer } = module('timer', {})
const libz = module('libz', {})
const buffer = Buffer.alloc(64)
const udp = new UDP()
console.log('udp', udp.setup(buffer, buffer), udp.bind('127.0.0.1', 0), udp.send(5, '127.0.0.1', udp.portNumber()), udp.send(5, 'nowhere', 1) < 0)
udp.close()
const queue = new Queue()
const name = `/dv8-results.${process.PID}`
console.log('queue', queue.setup(buffer), queue.open(name, PRODUCER) > 0, queue.send(5), queue.send(0), queue.close())
console.log('queue', queue.open(name, CONSUMER) > 0, queue.recv(64), queue.recv(64), queue.close(), queue.unlink(name))
const file = new File()
const path = './dv8-results.txt'
console.log('file', file.setup(buffer, buffer), file.open(path, O_CREAT | O_RDWR) > 0)
console.log(file.write(buffer.write('hello')), file.write(buffer.write('J')), file.read(5), buffer.read(0, 5), file.read(5), file.read(5, 3), buffer.read(0, 2), file.close())
console.log(FileSystem.unlink(path))
const timer = new Timer()
timer.start(() => {}, 1000)
const stopped = new Timer()
const list = Buffer.alloc(1024)
new Uint8Array(list.bytes).fill(255)
const count = new EventLoop().listHandles(list)
const bytes = new Uint8Array(list.bytes)
const found = []
let at = 0
for (; bytes[at + 1] > 0; at += 2 + bytes[at + 1]) found.push(`${list.read(at + 2, bytes[at + 1])} ${bytes[at]}`)
console.log('handles', found.length === count, found.includes('timer 1'), found.includes('timer 0'), bytes[at], new EventLoop().listHandles(Buffer.alloc(1)) === count)
timer.stop()
stopped.close()
const modes = ['NONE', 'DEFLATE', 'INFLATE', 'GZIP', 'GUNZIP', 'DEFLATERAW', 'INFLATERAW', 'UNZIP']
console.log('libz', modes.every((mode, i) => libz[mode] === i && libz[`ZLIB_MODE_${mode}`] === i), /^1\./.test(libz.ZLIB_VERSION), libz.ZLIB_VERNUM > 0x1200)
console.log(libz.Z_STREAM_END, libz.Z_BEST_SPEED, libz.Z_BEST_COMPRESSION, libz.Z_DEFAULT_COMPRESSION, libz.Z_VERSION_ERROR, libz.Z_DEFLATED)
// Output goes on where it ended, until setup().
const { ZLib, GZIP, GUNZIP, Z_FINISH, Z_SYNC_FLUSH } = libz
const [plain, packed, back] = [Buffer.alloc(64), Buffer.alloc(128), Buffer.alloc(64)]
const zip = new ZLib(GZIP)
const unzip = new ZLib(GUNZIP)
for (let i = 0; i < 2; i++) {
  zip.setup(plain, packed)
  zip.write(plain.write('one '), Z_SYNC_FLUSH)
  zip.write(plain.write('two '), Z_SYNC_FLUSH)
  const left = zip.write(plain.write('three'), Z_FINISH)
  unzip.setup(packed, back)
  console.log(back.read(0, 64 - unzip.write(128 - left, Z_FINISH)), zip.end(), unzip.end(), zip.end())
}
