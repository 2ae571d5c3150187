exports.later = undefined;
module.exports = { ...require('./plain.cjs'), later: 'filled' };
