const { Timer } = library('timer', {})
const after = (ms, fn) => new Timer().start(fn, ms)
global.onUncaughtException = error => console.log('assigned', error.message)
after(1, () => { throw new Error('first') })
after(5, () => {
  global.onUncaughtException = undefined
  after(1, () => { throw new Error('second') })
  after(5, () => console.log('never'))
})
