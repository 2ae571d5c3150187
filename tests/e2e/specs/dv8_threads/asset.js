const { Timer } = module('timer', {})
setTimeout(() => console.log('asset', typeof Timer), 1)
module.exports = 'asset'
