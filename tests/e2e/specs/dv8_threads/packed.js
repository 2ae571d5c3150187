if (globalThis.workerData instanceof ArrayBuffer) console.log('packed', workerData.byteLength)
module.exports = 'packed'
