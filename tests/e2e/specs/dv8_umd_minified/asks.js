const { Process } = module('process', {})
module.exports = `${typeof module} ${typeof Process}`
