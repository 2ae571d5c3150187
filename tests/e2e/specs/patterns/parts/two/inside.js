module.exports = 'inside of two';
