const { parentPort, isMainThread, threadId } = require('node:worker_threads');
parentPort.postMessage([isMainThread, threadId, process.argv.slice(1), require.main === module, require('./value.json').value]);
