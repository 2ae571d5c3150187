async function ready(api) {
  for (var name of ['throws', 'returns', 'rejects', 'resolves', 'later', 'coded', 'renamed', 'text', 'object']) {
    try {
      await api[name]();
      console.log(name, 'no error');
    } catch (error) {
      console.log(name, error instanceof Error, error.name, error.message, error.code, typeof error);
    }
  }
  try {
    await (function caller() { return api.throws(); })();
  } catch (error) {
    var lines = error.stack.split('\n');
    console.log(lines[0], /namedThrower .*peer\.js:3/.test(error.stack), /caller .*main\.js:11/.test(error.stack),
                error.stack.indexOf('namedThrower') < error.stack.indexOf('caller'), Object.keys(error).length, error instanceof TypeError);
  }
  console.log((await api.thenable()).then);
  var never = api.never();
  api.quit();
  try {
    await never;
  } catch (error) {
    console.log(error.message);
  }
  try {
    await api.returns();
  } catch (error) {
    console.log(error.message);
  }
  setTimeout(function() { throw new Error('of a timer'); }, 1);
  Promise.reject(new Error('that nobody takes'));
  setTimeout(function() { isolate.exit(3); }, 20);
}

isolate.system.fs.current({ action: 'spawn', path: '/peer.js', env: { ready: ready } });
