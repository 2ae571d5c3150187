// A package's file that needs a builtin of another version is an error where it is loaded, and not while packing.
const tool = require('tool');
console.log(tool.run('old'));
tool.run('new.mjs').catch((error) => console.log(error.code));
