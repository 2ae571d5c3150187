module.exports = require('./second.cjs');
