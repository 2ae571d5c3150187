module.exports = declared + named()
