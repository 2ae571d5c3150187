const { format } = require('util');
module.exports = format('%s-%d', 'a', 1);
