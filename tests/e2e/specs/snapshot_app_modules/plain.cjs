let calls = 0;
exports.value = require('./data.json').key;
exports.named = 'by the lexer';
exports.times = () => ++calls;
