const shared = require('./shared');

module.exports = () => `one ${shared.word} ${require('path').basename(__dirname)}`;
