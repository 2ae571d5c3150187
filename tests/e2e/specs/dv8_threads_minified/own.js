exports.value = 'own'
