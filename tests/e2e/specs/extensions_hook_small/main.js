// Nothing else here is Node's.
const load = require.extensions['.js'];

require.extensions['.js'] = (module, file) => {
  const compile = module._compile;
  module._compile = (text, name) => compile.call(module, `${text}\nmodule.exports += ' and more';`, name);
  load(module, file);
};
console.log(require('./late.js'));
