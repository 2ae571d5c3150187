module.exports = { early: 'returned' }
if (module.exports.early) return
module.exports = { early: 'not' }
