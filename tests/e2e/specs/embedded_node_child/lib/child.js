console.log(require('./value').name, process.argv.slice(1).map((word) => word.replace(__dirname, '.')), process.execArgv.length)
if (process.send) process.send(require('./value').name)
