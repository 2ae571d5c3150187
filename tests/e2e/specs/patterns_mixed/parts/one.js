module.exports = 'the first part';
