const wrapped = 'wrapped';
module.exports = { wrapped };
