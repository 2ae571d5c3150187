// Looks for what it was not given.
isolate.env.register('curious', async function() {
  var found = ['process', 'require', 'module', 'WebAssembly', 'fetch', 'Buffer'].filter(function(name) { return name in globalThis; });
  var outside = await isolate.system.fs.current({ action: 'readFile', path: '/../../etc/passwd' }).catch(function(error) { return error.message; });
  var written = await isolate.system.fs.current({ action: 'writeFile', path: '/x', data: '' }).catch(function(error) { return error.message; });
  return [found.length, Function('return typeof process')(), outside, written].join(' ');
});
