// A file of CommonJS is the body of a function.
module.exports = `${new.target} ${arguments.length}`;
