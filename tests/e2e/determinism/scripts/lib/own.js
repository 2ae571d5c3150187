module.exports = require('./part.js') + 1
