exports.name = function name() { return 'tool'; };
exports.fail = function fail() {
  null.x;
};
