// Every public name of the modules that have little more than names: what programs import in passing.
const modules = {
  cluster: require('node:cluster'),
  dns: require('node:dns'),
  'dns/promises': require('node:dns/promises'),
  domain: require('node:domain'),
  http: require('node:http'),
  http2: require('node:http2'),
  https: require('node:https'),
  inspector: require('node:inspector'),
  'inspector/promises': require('node:inspector/promises'),
  net: require('node:net'),
  'path/win32': require('node:path/win32'),
  repl: require('node:repl'),
  tls: require('node:tls'),
  trace_events: require('node:trace_events'),
  worker_threads: require('node:worker_threads'),
};
// What Node itself calls deprecated or internal, what comes from objects under names of this list, and
// path.matchesGlob, which is not there yet.
const left = /^_|^(matchesGlob|domain|usingDomains|builtinModules|ConnectionLimitExceeded)$/;
for (const [name, exports] of Object.entries(modules)) {
  const names = Object.keys(exports).filter((key) => !left.test(key)).sort();
  console.log(name, names.map((key) => `${key}:${typeof exports[key]}`).join(' '));
}
process.noDeprecation = true;  // Node warns of sys.
console.log(require('node:sys') === require('node:util'), require('constants').O_RDONLY, require('constants').EACCES);
