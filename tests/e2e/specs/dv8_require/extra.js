const { Timer } = module('timer', {})
module.exports = typeof Timer
