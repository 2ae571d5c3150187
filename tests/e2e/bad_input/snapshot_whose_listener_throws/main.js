process.on('uncaughtException', () => {
  throw new Error('of the listener')
})
throw new Error('of the top level')
