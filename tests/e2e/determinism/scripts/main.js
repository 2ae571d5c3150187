const own = require('./lib/own.js'); process.spawn(() => require('./lib/own.js'), ({ status }) => console.log(status, own));
