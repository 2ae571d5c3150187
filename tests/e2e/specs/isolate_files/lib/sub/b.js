var a = require('../a.js');
module.exports = { name: 'b of ' + a.name };
