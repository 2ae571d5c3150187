module.exports = (source) => source.replace('EUR', 'CHF');
