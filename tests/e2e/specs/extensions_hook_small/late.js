module.exports = 'what it says';
