exports.name = 'own ' + require('./other.js') + require('./app/lib/part.js');
