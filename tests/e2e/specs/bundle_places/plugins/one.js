const shared = require('./shared');

module.exports = () => `one ${shared.count()} ${require('path').basename(__dirname)}`;
