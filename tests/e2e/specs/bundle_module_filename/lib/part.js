const path = require('node:path')
exports.place = [path.basename(module.filename), path.basename(module.path), path.basename(__filename)]
