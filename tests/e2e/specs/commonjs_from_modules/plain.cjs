exports.named = this === module.exports;
exports.hidden = ['computed'];
exports['a-b'] = arguments.length;
