exports.kind = typeof module.exports
