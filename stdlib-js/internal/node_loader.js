// Node's CommonJS loader in a packed program: what it finds on the disk and among the embedded files is Node's
// business; modules that the bundle has already are those, and dv8's modules have names of their own.
import { setLoader } from './app.js';
import { packed, unbundled } from './bundled.js';
import { ownModule } from './registry.js';

/** `Module` is the class of lib/internal/modules/cjs/loader.js. */
export function installLoader(Module) {
  const loadByNode = Module._load;
  Module._load = function _load(request, parent, isMain) {
    const own = ownModule(request);
    if (own !== undefined) return own;
    const named = packed.calls[parent?.filename]?.[request];
    if (named !== undefined) {
      try {
        return named();
      } catch (error) {
        if (error !== unbundled) throw error;
      }
    }
    if (!isMain && Object.keys(packed.paths).length > 0 && !Module.isBuiltin(request)) {
      const filename = Module._resolveFilename(request, parent, false);
      const bundled = Module._cache[filename] === undefined ? packed.paths[filename]?.[0] : undefined;
      if (bundled !== undefined) return bundled();
    }
    return Reflect.apply(loadByNode, this, [request, parent, isMain]);
  };
  setLoader({
    requireFrom: (file) => Module.createRequire(file),
    resolve: (request, file) => Module.createRequire(file).resolve(request),
  });
}
