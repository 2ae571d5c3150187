process.on('uncaughtException', (error) => console.log('taken', error.message))
