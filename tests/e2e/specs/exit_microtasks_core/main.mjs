process.on('exit', (code) => {
  Promise.resolve().then(() => {
    console.log('continued', code)
    process.exitCode = 4
  })
})
