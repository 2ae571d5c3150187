module.exports = 'other ';
