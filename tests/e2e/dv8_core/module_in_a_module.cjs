const { list } = module('assets', {});
console.log(list());
exports.x = 1;
