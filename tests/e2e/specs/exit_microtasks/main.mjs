import { Worker, isMainThread } from 'node:worker_threads'

process.on('exit', (code) => {
  console.log('exit', code)
  process.nextTick(() => console.log('never'))
  setImmediate(() => console.log('never'))
  Promise.resolve().then(() => {
    console.log('continued')
    process.exitCode = 3
  }).then(() => console.log('and again'))
})
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  worker.on('exit', (code) => console.log('worker', code))
}
