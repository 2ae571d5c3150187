exports.name = `own ${require('./part.js')}`
