// node:url parses queries with node:querystring.
module.exports = require('querystring-es3');
