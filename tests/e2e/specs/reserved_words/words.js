exports.protected = ['private'];
exports.let = (function (implements) { return typeof implements; })(1);
