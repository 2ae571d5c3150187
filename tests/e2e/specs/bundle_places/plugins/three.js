const shared = require('./shared');

module.exports = () => `three ${shared.word}`;
