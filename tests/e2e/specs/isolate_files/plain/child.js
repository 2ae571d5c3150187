var fs = isolate.system.fs.current;
console.log(runtime.syncRPC(fs({ action: 'list', path: '/' })).sort().join(), require('beside').name);
