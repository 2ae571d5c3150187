module.exports = __filename.slice(-8);
