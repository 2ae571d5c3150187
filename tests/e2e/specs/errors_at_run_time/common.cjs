// A file of CommonJS is the body of a function.
exports.target = `${new.target} ${arguments.length}`;
exports.tried = ['./broken-too.cjs', './broken.json'].map((name) => {
  try {
    return name.endsWith('.json') ? require('./broken.json') : require('./broken-too.cjs');
  } catch (error) {
    return error.name;
  }
});
