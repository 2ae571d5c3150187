if (false) exports.never = true // eslint-disable-line
