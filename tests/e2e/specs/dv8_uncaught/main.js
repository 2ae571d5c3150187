const { Timer } = module('timer', {})
const after = (ms, fn) => new Timer().start(fn, ms)
after(1, () => { throw new Error('first') })
Promise.reject(new Error('rejected'))
process.onExit = () => console.log('exit', process.exitCode)
after(10, () => {
  console.log('goes on', process.exitCode)
  global.onUncaughtException = error => console.log('assigned', error.message)
  global.onUnhandledRejection = (promise, error) => console.log('rejection', error.message)
  after(1, () => { throw new Error('second') })
  after(2, () => { Promise.reject(new Error('third')) })
  after(10, () => {
    global.onUncaughtException = error => console.log('another', error.message)
    after(1, () => { throw new Error('fourth') })
    after(5, () => {
      onUncaughtException = undefined // eslint-disable-line
      after(1, () => { throw new Error('fifth') })
    })
  })
})
