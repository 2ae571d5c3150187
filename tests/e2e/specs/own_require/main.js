// Code for browsers, too, declares the require() that it may have.
var exports = exports || this, require = require || function () { return exports; };
console.log(require('./lib/cup').cup);
