const path = require('path');
exports.where = () => [path.basename(__filename), module.filename === __filename, require.resolve('./other.cjs'), module.parent === undefined].join(' ');
