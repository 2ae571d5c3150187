exports.twice = (n) => n * 2;
exports.name = 'legacy';
