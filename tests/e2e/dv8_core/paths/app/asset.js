module.exports = require('../up.js') + require('./app/lib/part.js');
