const TABLE = new Map([
  ['a', 'first'],
]);
exports.get = (key) => TABLE.get(key);
