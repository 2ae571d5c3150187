// What a program with Node's library loads by names that are known at run time only: Node's own loader does it, from the
// embedded files and the disk alike.
import { lookup } from './registry.js';

/** The loader for app.setLoader(), on the library's own `require` and `internalBinding`. */
export function nodeLoader(requireBuiltin, internalBinding) {
  const Module = () => requireBuiltin('internal/modules/cjs/loader').Module;
  requireBuiltin('internal/dv8/program').setLookup(lookup);

  function importFrom(file) {
    return (request) => {
      const name = `${request}`;
      const own = name.startsWith('dv8:') ? lookup(name) : undefined;
      if (own !== undefined) return own;
      const esm = requireBuiltin('internal/modules/esm/loader').getOrInitializeCascadedLoader();
      const parent = requireBuiltin('internal/url').pathToFileURL(file).href;
      return esm.import(name, parent, { __proto__: null }, internalBinding('module_wrap').kEvaluationPhase);
    };
  }

  return { requireFrom: (file) => Module().createRequire(file), importFrom };
}
