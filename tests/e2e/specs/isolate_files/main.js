var fs = isolate.system.fs.current;

function told(options) {
  try {
    return JSON.stringify(runtime.syncRPC(fs(options)));
  } catch (error) {
    return error instanceof Error && error.message;
  }
}

for (var path of ['/data/text.txt', 'data//deep', '/', '', '/data/none', '/../data', '/data/text.txt/x']) {
  console.log(path, told({ action: 'stat', path: path }), told({ action: 'readFile', path: path }));
}
console.log(told({ action: 'readFile', path: '/data/deep/other.txt' }), told({ action: 'list', path: '/data' }), told({ action: 'list', path: '/data/text.txt' }));
console.log(told({}), told({ path: 5, action: 'stat' }), told({ path: '/' }), told({ path: '/', action: 'toString' }), told(undefined));
console.log(told({ action: 'spawn', path: '/data' }), told({ action: 'spawn', path: '/none.js' }));
console.log(fs({ action: 'stat', path: '/' }) instanceof Promise);
var a = require('lib/a');
console.log(a.name, a.b, a.same, require('/lib/a.js') === a, require('./lib/a') === a);
for (var name of ['lib/none', './none', 'lib/broken']) {
  try {
    require(name);
  } catch (error) {
    console.log(error.message);
  }
}
fs({ action: 'spawn', path: '/plain/child.js', env: { stdout: isolate.env.stdout }, onExit: function() { isolate.exit(); } });
