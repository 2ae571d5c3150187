// In place of Node's: loads the files of the library, each when it is first required. What is evaluated while a
// snapshot is made lies in it; the rest is compiled from the payload's texts.
'use strict';

const {
  ArrayFrom,
  ArrayPrototypeFilter,
  ArrayPrototypeIncludes,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  Error,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  ReflectGet,
  SafeMap,
  SafeSet,
  String,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  TypeError,
} = primordials;

const selfId = 'internal/bootstrap/realm';

/** The names of what was loaded, in order: process.moduleLoadList. */
const moduleLoadList = [];
ObjectDefineProperty(process, 'moduleLoadList', {
  __proto__: null, value: moduleLoadList, configurable: true, enumerable: true, writable: false,
});

// What process.binding() still gives to programs that ask for it.
const publicBindings = new SafeSet([
  'async_wrap', 'buffer', 'cares_wrap', 'config', 'constants', 'contextify', 'fs', 'fs_event_wrap', 'icu', 'inspector',
  'js_stream', 'os', 'pipe_wrap', 'process_wrap', 'spawn_sync', 'stream_wrap', 'tcp_wrap', 'tls_wrap', 'tty_wrap', 'udp_wrap',
  'uv', 'zlib',
]);
const legacyBindings = new SafeSet(['natives', 'util']);

process.binding = function binding(name) {
  name = String(name);
  if (legacyBindings.has(name)) return requireBuiltin('internal/legacy/processbinding')[name]();
  if (publicBindings.has(name)) return internalBinding(name);
  // eslint-disable-next-line no-restricted-syntax
  throw new Error(`No such module: ${name}`);
};
process._linkedBinding = function _linkedBinding(name) { return getLinkedBinding(String(name)); };

const bindings = { __proto__: null };
function internalBinding(name) {
  let binding = bindings[name];
  if (binding === undefined) {
    binding = bindings[name] = getInternalBinding(name);
    ArrayPrototypePush(moduleLoadList, `Internal Binding ${name}`);
  }
  return binding;
}

const { builtinIds, compileFunction, setInternalLoaders } = internalBinding('builtins');
const { ModuleWrap } = internalBinding('module_wrap');
ObjectSetPrototypeOf(ModuleWrap.prototype, null);

// Builtins that have no name without "node:", and those that an option has to turn on.
const onlyWithScheme = new SafeSet(['sea', 'sqlite', 'quic', 'test', 'test/reporters']);
const onlyWithOption = new SafeSet(['quic', 'stream/iter', 'zlib/iter']);

const publicIds = ArrayPrototypeFilter(
  builtinIds, (id) => !StringPrototypeStartsWith(id, 'internal/') && !onlyWithOption.has(id));
let forUsers = new SafeSet(publicIds);
let forUsersWithoutScheme = new SafeSet(ArrayPrototypeFilter(publicIds, (id) => !onlyWithScheme.has(id)));

// What the start of a program gives to builtins; ES modules that lie linked in the snapshot import it by name, too.
const namesOfStart = {
  __proto__: null,
  module: ['builtinModules', 'runMain'],
  process: ['_preload_modules', 'argv', 'argv0', 'debugPort', 'execArgv', 'execPath', 'pid', 'ppid', 'report', 'title'],
};

function ownValue(object, key) {
  return ObjectPrototypeHasOwnProperty(object, key) ? ReflectGet(object, key, object) : undefined;
}

/** A file of the library. What lib/internal/modules/ needs of it is what Node's class of this name has. */
class BuiltinModule {
  static map = new SafeMap(ArrayPrototypeMap(builtinIds, (id) => [id, new BuiltinModule(id)]));

  constructor(id) {
    this.filename = `${id}.js`;
    this.id = id;
    this.exports = {};
    this.loaded = false;
    this.loading = false;
    this.module = undefined; // The ModuleWrap that ES modules import.
    this.exportKeys = undefined;
  }

  static allowRequireByUsers(id) {
    forUsers.add(id);
    if (!onlyWithScheme.has(id)) forUsersWithoutScheme.add(id);
  }

  static setRealmAllowRequireByUsers(ids) {
    forUsers = new SafeSet(ArrayPrototypeFilter(ids, (id) => ArrayPrototypeIncludes(publicIds, id)));
    forUsersWithoutScheme = new SafeSet(ArrayPrototypeFilter(ids, (id) => !onlyWithScheme.has(id)));
  }

  static exposeInternals() {
    for (let i = 0; i < builtinIds.length; i++) {
      const id = builtinIds[i];
      if (StringPrototypeStartsWith(id, 'internal/') && id !== selfId) BuiltinModule.allowRequireByUsers(id);
    }
  }

  /** Evaluates files once more, those of them that have been: a worker starts from the first thread's snapshot. */
  static evaluateAnew(ids) {
    const builtins = ArrayPrototypeFilter(ArrayPrototypeMap(ids, (id) => BuiltinModule.map.get(id)), ({ loaded }) => loaded);
    for (const builtin of builtins) {
      builtin.exports = {};
      builtin.loaded = false;
    }
    for (const builtin of builtins) builtin.compileForInternalLoader();
  }

  static exists(id) { return BuiltinModule.map.has(id); }
  static canBeRequiredByUsers(id) { return forUsers.has(id); }
  static canBeRequiredWithoutScheme(id) { return forUsersWithoutScheme.has(id); }

  /** "fs" of "node:fs" and "fs"; undefined for what is no builtin of users. */
  static normalizeRequirableId(id) {
    if (StringPrototypeStartsWith(id, 'node:')) {
      const bare = StringPrototypeSlice(id, 5);
      return forUsers.has(bare) ? bare : undefined;
    }
    return forUsersWithoutScheme.has(id) ? id : undefined;
  }

  static isBuiltin(id) { return typeof id === 'string' && BuiltinModule.normalizeRequirableId(id) !== undefined; }
  static getSchemeOnlyModuleNames() { return ArrayFrom(onlyWithScheme); }

  static getAllBuiltinModuleIds() {
    const ids = ArrayFrom(forUsersWithoutScheme);
    for (const id of onlyWithScheme) ArrayPrototypePush(ids, `node:${id}`);
    return ids;
  }

  compileForPublicLoader() {
    this.compileForInternalLoader();
    // Getters of internal files are not called for names that only programs' imports need.
    this.exportKeys ??= StringPrototypeStartsWith(this.id, 'internal/')
      ? [] : ArrayFrom(new SafeSet([...ObjectKeys(this.exports), ...namesOfStart[this.id] ?? []]));
    return this.exports;
  }

  getESMFacade() {
    if (this.module !== undefined) return this.module;
    const builtin = this;
    const names = ArrayPrototypeFilter(this.exportKeys, (name) => name !== 'default');
    ArrayPrototypePush(names, 'default');
    this.module = new ModuleWrap(`node:${this.id}`, undefined, names, function() {
      builtin.syncExports();
      this.setExport('default', builtin.exports);
    });
    this.module.instantiate();  // Who imports it evaluates it.
    return this.module;
  }

  /** Gives the names that ES modules have imported the values of today: programs change builtins. */
  syncExports() {
    if (this.module === undefined) return;
    for (let i = 0; i < this.exportKeys.length; i++) {
      const name = this.exportKeys[i];
      if (name !== 'default') this.module.setExport(name, ownValue(this.exports, name));
    }
  }

  compileForInternalLoader() {
    if (this.loaded || this.loading) return this.exports;
    this.loading = true;
    try {
      const require = StringPrototypeStartsWith(this.id, 'internal/deps/') ? requireFromDependency : requireBuiltin;
      compileFunction(this.id)(this.exports, require, this, process, internalBinding, primordials);
      this.loaded = true;
    } finally {
      this.loading = false;
    }
    ArrayPrototypePush(moduleLoadList, `NativeModule ${this.id}`);
    return this.exports;
  }
}

const loaders = { internalBinding, BuiltinModule, require: requireBuiltin };

function requireBuiltin(id) {
  if (id === selfId) return loaders;
  const builtin = BuiltinModule.map.get(id);
  // eslint-disable-next-line no-restricted-syntax
  if (builtin === undefined) throw new TypeError(`Missing internal module '${id}'`);
  return builtin.compileForInternalLoader();
}

// Packages of npm that the library carries name each other, and builtins, as they do elsewhere.
function requireFromDependency(request) {
  if (StringPrototypeStartsWith(request, 'node:')) return requireBuiltin(StringPrototypeSlice(request, 5));
  return requireBuiltin(BuiltinModule.map.has(request) ? request : `internal/deps/${request}`);
}

setInternalLoaders(internalBinding, requireBuiltin);

const { setEnhanceStackForFatalException, setPrepareStackTraceCallback } = internalBinding('errors');
const {
  prepareStackTraceCallback,
  ErrorPrepareStackTrace,
  fatalExceptionStackEnhancers: { beforeInspector, afterInspector },
} = requireBuiltin('internal/errors');
setPrepareStackTraceCallback(prepareStackTraceCallback);
setEnhanceStackForFatalException(beforeInspector, afterInspector);
ObjectDefineProperty(Error, 'prepareStackTrace', {
  __proto__: null, writable: true, enumerable: false, configurable: true, value: ErrorPrepareStackTrace,
});
