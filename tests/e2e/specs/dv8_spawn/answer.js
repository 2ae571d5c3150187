const { Process } = module('process', {})
exports.answer = new Process().pid() > 0 ? 42 : 0
