const { Thread } = module('thread', {})
const { File, FileSystem, O_CREAT, O_WRONLY, O_TRUNC } = module('fs', {})
const buffer = Buffer.alloc(64)
const join = (...parts) => parts.join('')
const text = "console.log('disk', require('./packed.js'), require('./as' + 'set.js'))"
const file = new File()
file.setup(buffer, Buffer.alloc(128))
const disk = './dv8-threads-disk.js'
const out = Buffer.alloc(128)
file.setup(out)
file.open(disk, O_CREAT | O_WRONLY | O_TRUNC)
file.write(out.write(text))
file.close()

const steps = [
  next => new Thread().start(() => console.log('function', require('./packed.js'), require(['.', 'asset.js'].join('/')), workerData.size), next, buffer),
  next => new Thread().start('./packed.js', (...result) => next(...result), buffer),
  next => new Thread().start(join('./ass', 'et.js'), (error, status) => next(error, status)),
  next => new Thread().start(disk, (error, status) => next(error, status)),
  next => new Thread().start(join('./none', '.js'), (error, status) => next(error.code, status)),
  next => new Thread().start(join('./bro', 'ken.js'), (error, status) => next(error.name, status)),
  next => new Thread().start(join('./none', '.js'), () => next('silent')),
  next => new Thread().start(() => { throw new Error('in a thread') }, () => next('too'))
]
let at = 0
function next (error, status) {
  if (at > 0) console.log(error, status)
  if (at === steps.length) return FileSystem.unlink(disk)
  steps[at++](next)
}
next()
