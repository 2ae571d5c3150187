console.log(module.filename.endsWith('main.js'), module.path === __dirname)
console.log(require('./lib/part').place)
