// A pair of sockets that are open.
const make = require('./make.js');
const a = make();
const b = make();
b.open(a.open());
b.onClose(() => console.log('b closed'));
a.onClose(() => console.log('a closed'));
module.exports = { a, b };
