// What a program with Node's library loads at run time: Node's own loader does it, from the embedded files and the
// disk alike. Files that the bundle holds are the bundle's, whatever leads to them.
import { mainModule } from './app.js';
import { asImportError, packed, unbundled } from './bundled.js';
import { lookup, ownModule } from './registry.js';

/** The loader for app.setLoader(), on the library's own `require` and `internalBinding`. */
export function nodeLoader(requireBuiltin, internalBinding) {
  const Module = () => requireBuiltin('internal/modules/cjs/loader').Module;

  // What a file asks for, with require() or what createRequire() gave: dv8's modules have names of their own, and
  // the bundle has what the packer saw that file ask for.
  const loadByNode = Module()._load;
  Module()._load = function _load(request, parent, isMain) {
    if (typeof request === 'string') {
      const own = request.startsWith('dv8:') ? ownModule(request) : undefined;
      if (own !== undefined) return own;
      const bundled = bundledCall(parent?.filename, request);
      if (bundled !== undefined) return bundled.exports;
    }
    shareBundle();
    return Reflect.apply(loadByNode, this, [request, parent, isMain]);
  };

  // Modules of the bundle that are in Module._cache, so that files of the disk get them, too.
  const shared = new Set();
  let sharedTimes = 0;
  function shareBundle() {
    if (sharedTimes === packed.times) return;
    sharedTimes = packed.times;
    const paths = Object.keys(packed.paths);
    const cache = Module()._cache;
    if (shared.size === 0) shareWithImports();
    for (const path of paths) {
      const [load] = packed.paths[path];
      if (shared.has(path)) continue;
      shared.add(path);
      if (load === undefined) continue;
      const set = (value) => {
        Object.defineProperty(cache, path, { value, writable: true, enumerable: true, configurable: true });
      };
      const get = () => {
        const module = new (Module())(path);
        module.filename = path;
        module.exports = load();
        module.loaded = true;
        set(module);
        return module;
      };
      Object.defineProperty(cache, path, { get, set, enumerable: true, configurable: true });
    }
  }

  // import() in files of the disk, and in embedded ones that the bundle does not hold.
  function shareWithImports() {
    const esm = requireBuiltin('internal/modules/esm/loader').getOrInitializeCascadedLoader();
    const importByNode = esm.import;
    esm.import = function (specifier, parent, ...rest) {
      let path;
      try {
        const { fileURLToPath } = requireBuiltin('internal/url');
        path = fileURLToPath(new (requireBuiltin('internal/url').URL)(specifier, parent));
      } catch {
        // A package, or no file.
      }
      const bundled = packed.paths[path]?.[1];
      return bundled === undefined ? Reflect.apply(importByNode, this, [specifier, parent, ...rest]) : Promise.resolve(bundled());
    };
  }

  // What the bundle has for a call in `file`; undefined when it has nothing.
  function bundledCall(file, request) {
    const named = packed.calls[file]?.[request];
    if (named === undefined) return undefined;
    try {
      return { exports: named() };
    } catch (error) {
      if (error !== unbundled) throw error;
      return undefined;
    }
  }

  function requireFrom(file) {
    let made;
    const own = () => (made ??= Module().createRequire(file));
    function require(id) { return own()(id); }
    for (const key of ['resolve', 'extensions', 'cache']) {
      Object.defineProperty(require, key, {
        get: () => own()[key],
        set(value) { Object.defineProperty(require, key, { value, writable: true, enumerable: true, configurable: true }); },
        enumerable: true,
        configurable: true,
      });
    }
    require.main = mainModule;
    return require;
  }

  function importFrom(file) {
    return (request) => {
      const name = `${request}`;
      const ours = name.startsWith('dv8:') ? lookup(name) : undefined;
      if (ours !== undefined) return ours;
      const { fileURLToPath, pathToFileURL } = requireBuiltin('internal/url');
      if (!/^(node|data|https?):/.test(name)) {
        let path;
        try {
          path = requireFrom(file).resolve(name.startsWith('file:') ? fileURLToPath(name) : name);
        } catch (error) {
          // At once: an import declaration of what was not there when the program was packed comes here, too.
          if (error?.code === 'MODULE_NOT_FOUND') throw asImportError(error, name, file);
          // A package may have exports for imports only.
        }
        if (packed.paths[path] !== undefined) return packed.paths[path][1]();
      }
      // The bundler drops what an import() says of its attributes: a JSON file is one.
      const attributes = name.endsWith('.json') ? { __proto__: null, type: 'json' } : { __proto__: null };
      const esm = requireBuiltin('internal/modules/esm/loader').getOrInitializeCascadedLoader();
      return esm.import(name, pathToFileURL(file).href, attributes, internalBinding('module_wrap').kEvaluationPhase);
    };
  }

  return { requireFrom, importFrom, resolve: (request, file) => requireFrom(file).resolve(request) };
}
