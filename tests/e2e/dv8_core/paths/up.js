module.exports = 'up ';
