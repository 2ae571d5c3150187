exports.name = 'a';
exports.b = require('./sub/b').name;
exports.same = this === globalThis && typeof module.exports === 'object';
