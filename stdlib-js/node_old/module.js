// node:module.
import { findPackageJSON, Module, requireFrom, resolve } from '../internal/cjs_loader.js';
import { setLoader } from '../internal/app.js';
import { ERR_INVALID_ARG_VALUE } from '../internal/errors.js';
import { fileURLToPath } from '../internal/file_url.js';
import path from './path.js';

setLoader({ requireFrom, resolve });

const builtinModules = [
  '_http_agent', '_http_client', '_http_common', '_http_incoming', '_http_outgoing', '_http_server', '_stream_duplex',
  '_stream_passthrough', '_stream_readable', '_stream_transform', '_stream_wrap', '_stream_writable', '_tls_common', '_tls_wrap',
  'assert', 'assert/strict', 'async_hooks', 'buffer', 'child_process', 'cluster', 'console', 'constants', 'crypto', 'dgram',
  'diagnostics_channel', 'dns', 'dns/promises', 'domain', 'events', 'fs', 'fs/promises', 'http', 'http2', 'https', 'inspector',
  'inspector/promises', 'module', 'net', 'os', 'path', 'path/posix', 'path/win32', 'perf_hooks', 'process', 'punycode',
  'querystring', 'readline', 'readline/promises', 'repl', 'stream', 'stream/consumers', 'stream/promises', 'stream/web',
  'string_decoder', 'sys', 'timers', 'timers/promises', 'tls', 'trace_events', 'tty', 'url', 'util', 'util/types', 'v8', 'vm',
  'wasi', 'worker_threads', 'zlib', 'node:sea', 'node:sqlite', 'node:test', 'node:test/reporters',
];
const all = new Set(builtinModules);

/** A `require` as code in the file `filename` (a path or a file: URL) would have. */
function createRequire(filename) {
  const isUrl = (typeof filename === 'object' && filename !== null && typeof filename.href === 'string') ||
    (typeof filename === 'string' && filename.startsWith('file:'));
  if (isUrl) filename = fileURLToPath(filename);
  else if (typeof filename !== 'string' || !path.isAbsolute(filename)) {
    throw new ERR_INVALID_ARG_VALUE('filename', filename, 'must be a file URL object, file URL string, or absolute path string');
  }
  return requireFrom(filename.endsWith('/') ? `${filename}noop.js` : filename);
}

export default Object.assign(Module, {
  builtinModules,
  createRequire,
  findPackageJSON,
  isBuiltin: (name) => all.has(name) || (typeof name === 'string' && name.startsWith('node:') && (all.has(name.slice(5)) || all.has(name))),
  constants: { compileCacheStatus: Object.freeze({ FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 }) },
  // A packed program is compiled already.
  enableCompileCache: () => ({ status: 3 }),
  getCompileCacheDir: () => undefined,
  flushCompileCache() {},
  syncBuiltinESMExports() {},
  findSourceMap: () => undefined,
  globalPaths: [],
  register() {
    throw new Error('module.register: a packed program has no module loader to hook into');
  },
});
