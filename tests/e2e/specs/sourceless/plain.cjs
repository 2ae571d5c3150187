// quagmire
exports.area = function area(side) { return side * side; };
exports.fail = function fail() {
  throw new Error('as it should');
};
