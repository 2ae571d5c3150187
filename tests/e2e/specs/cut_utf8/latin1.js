console.log('naïve'.codePointAt(2).toString(16), 'ok');
module.exports = 1; // ðŸ