// node:vm, for code in this context. A packed program has no other contexts.
import { ERR_FEATURE_UNAVAILABLE } from '../internal/errors.js';
import { validateArray, validateString } from '../internal/validators.js';

const evaluate = globalThis.eval; // Indirect: the code sees globals only.

function named(code, options) {
  const filename = typeof options === 'string' ? options : options?.filename;
  return filename === undefined ? code : `${code}\n//# sourceURL=${filename}`;
}

class Script {
  #code;
  constructor(code, options) {
    this.#code = named(`${code}`, options);
    // A syntax error belongs to the constructor: parsed once, not run.
    new Function(this.#code);
  }

  runInThisContext() { return evaluate(this.#code); }
  runInNewContext() { return unsupported('Script.runInNewContext'); }
  runInContext() { return unsupported('Script.runInContext'); }
  createCachedData() { return new Uint8Array(0); }
}

function unsupported(name) {
  throw new ERR_FEATURE_UNAVAILABLE(`vm.${name}: a packed program has one context`);
}

function compileFunction(code, params = [], options = {}) {
  validateString(code, 'code');
  validateArray(params, 'params');
  return new Function(...params, named(code, options));
}

export default {
  Script,
  compileFunction,
  runInThisContext: (code, options) => evaluate(named(`${code}`, options)),
  runInNewContext: () => unsupported('runInNewContext'),
  runInContext: () => unsupported('runInContext'),
  createContext: () => unsupported('createContext'),
  createScript: (code, options) => new Script(code, options),
  isContext: () => false,
  constants: Object.freeze({ __proto__: null, USE_MAIN_CONTEXT_DEFAULT_LOADER: Symbol('vm_dynamic_import_main_context_default'), DONT_CONTEXTIFY: Symbol('vm_context_no_contextify') }),
};
