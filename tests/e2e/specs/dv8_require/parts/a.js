global.runs = (global.runs || 0) + 1
module.exports = { name: 'a', b: require('./parts/b.js'), own: require('./c.js'), runs: global.runs }
