module.exports = { ...require('node:querystring').parse('a=1&b=2'), main: require('./format') };
