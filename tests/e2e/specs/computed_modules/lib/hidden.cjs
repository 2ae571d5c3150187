// As code for CommonJS keeps compilers from making a require() of its import().
const dynamic = new Function('name', 'return import(name)');
module.exports = () => dynamic(require('url').pathToFileURL(require('path').join(__dirname, 'plugin.js')).href).then((part) => part.default);
