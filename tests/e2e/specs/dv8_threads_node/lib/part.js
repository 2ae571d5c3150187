module.exports = 'part'
