exports.get = function (key) {
  return key;
};
exports.both = [exports.get('b'), exports.get('c')];
