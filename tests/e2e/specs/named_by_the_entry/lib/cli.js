const { cup } = require('./cup');
console.log(cup);
