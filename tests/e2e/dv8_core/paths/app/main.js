console.log(require('./app/lib/own.js').name, require('./lib/own.js').name, require('./app/main.txt.js'), require(['./app', 'asset.js'].join('/')));
