exports.kind = typeof module
