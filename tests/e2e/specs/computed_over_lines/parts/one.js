module.exports = ['one', require('./deep/two')];
