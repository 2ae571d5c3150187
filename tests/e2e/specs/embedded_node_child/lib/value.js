exports.name = 'value'
