// Code in texts requires modules of Node's.
console.log(eval('require("path")').sep, eval("require('os')").EOL.length, eval('require')('util').format('%d', 1));
