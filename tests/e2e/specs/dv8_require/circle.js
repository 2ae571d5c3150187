exports.done = false
exports.other = require('./circle.js').done
exports.done = true
