var here = Object.getOwnPropertyNames(globalThis);
var attempts = {
  names: function() { return ['process', 'require', 'module', 'exports', 'WebAssembly', 'dv8', 'Buffer', 'setImmediate', 'queueMicrotask'].filter(function(name) { return here.includes(name); }).join(); },
  globals: function() { return ['isolate', 'runtime', 'kernel', 'console', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'global'].every(function(name) { return here.includes(name); }); },
  given: function() { return [Object.keys(isolate.env).join(), Object.keys(isolate.system).join(), JSON.stringify(isolate.data)].join(' '); },
  functionConstructor: function() { return Function('return typeof process + typeof require')(); },
  hostFunction: function() { return isolate.env.call.constructor('return typeof process + typeof require')(); },
  asyncFunction: function() { return (async function() {}).constructor('return typeof process')(); },
  generator: function() { return (function*() {}).constructor('yield typeof process')().next().value; },
  indirectEval: function() { return (0, eval)('typeof process') + isolate.eval('typeof require', 'x.js'); },
  promiseConstructor: function() { return isolate.env.call('x').constructor === Promise; },
  valueConstructor: function() { return isolate.env.object().then(function(value) { return value.constructor === Object && value.constructor.constructor('return typeof process')(); }); },
  errorConstructor: function() { return isolate.env.fail().catch(function(error) { return error.constructor === Error && error.constructor.constructor('return typeof process')() + Object.keys(error); }); },
  stackFrames: function() {
    var seen = 'no frames';
    Error.prepareStackTrace = function(error, sites) { seen = 'frames ' + sites.some(function(site) { return site.getThis() !== undefined || site.getFunction() !== undefined; }); return ''; };
    try { runtime.syncRPC(5); } catch (error) { error.stack; }
    delete Error.prepareStackTrace;
    return seen;
  },
  importing: function() { return import('node:fs').catch(function(error) { return error.message; }); },
  proxyArgument: function() {
    var seen = [];
    var proxy = new Proxy({ a: 1 }, { get: function(target, key) { seen.push(String(key)); return key === 'a' ? 'trapped' : undefined; }, getPrototypeOf: function() { throw new Error('asked'); } });
    return isolate.env.show(proxy).then(function(text) { return text + ' ' + seen.includes('a'); });
  },
  throwingProxy: function() {
    try { isolate.env.show(new Proxy({}, { ownKeys: function() { throw new TypeError('own'); } })); } catch (error) { return error.message; }
  },
  getterArgument: function() { return isolate.env.show({ get a() { return typeof process; } }); },
  pollution: function() {
    var old = [Array.prototype.push, Promise.prototype.then, Object.prototype.__lookupGetter__, Map.prototype.get];
    var seen = [];
    Map.prototype.get = function(key) { seen.push(key); return old[3].call(this, key); };
    Object.defineProperty(Object.prototype, 'root', { set: function(value) { seen.push(value); }, configurable: true });
    var result = isolate.env.object();
    Map.prototype.get = old[3];
    delete Object.prototype.root;
    return result.then(function() { return seen.length; });
  },
  prototypeKeys: function() { return isolate.env.proto(JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"prototype": {"isAdmin": true}}}')); },
  thenable: function() { return { then: function(resolve) { resolve('from a thenable'); } }; },
  big: function() { return 'x'.repeat(10).length; },
  spawning: function() { return typeof isolate.spawn + typeof isolate.folder + typeof isolate.system.fs; },
  consoleWorks: function() { console.log('printed', 1); return typeof console.table; },
  timers: function() { return new Promise(function(resolve) { var n = 0; var timer = setInterval(function() { if (++n === 2) { clearInterval(timer); setTimeout(resolve, 1, 'ticked'); } }, 1); }); },
  buffers: function() { return runtime.bufferToString(runtime.toBuffer('\u20ac', true)).length; },
};
isolate.env.ready(Object.keys(attempts), function(name) { return attempts[name](); });
throw new Error('of a sandbox');
