// error.stack: frames of the app at their places in its sources, frames of this library left
// out. Runs when a program (or the end of one) first looks at a stack.
import { kIsNodeError } from './errors_mark.js';
import { mappedPlace, moduleSourceMap } from './source_map.js';

const library = 'dv8:stdlib';

/** Where a frame is in the sources: {source, line, column}. */
function place(site) {
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  return (file && line ? mappedPlace(file, line, column) : undefined) ?? { source: file, line, column };
}

function header(error) {
  try {
    if (error !== null && typeof error === 'object' && kIsNodeError in error) {
      return `${error.name} [${error.code}]: ${error.message}`;
    }
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>';
  }
}

function frame(site) {
  const text = site.toString();
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  if (!file) return text;
  const found = place(site);
  const from = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return text.replace(from, () => `${found.source}:${found.line}:${found.column}`);
}

// What Error.prepareStackTrace gets: V8's call site with the place in the sources.
class MappedCallSite {
  #site;
  #place;

  constructor(site) {
    this.#site = site;
    this.#place = place(site);
    this.text = frame(site);
    Object.defineProperty(this, 'text', { enumerable: false });
  }

  static {
    for (const name of ['getThis', 'getTypeName', 'getFunction', 'getFunctionName', 'getMethodName', 'getEvalOrigin',
                        'isToplevel', 'isEval', 'isNative', 'isConstructor', 'isAsync', 'isPromiseAll',
                        'getPromiseIndex', 'getPosition', 'getEnclosingLineNumber', 'getEnclosingColumnNumber',
                        'getScriptHash']) {
      this.prototype[name] = function () { return this.#site[name]?.(); };
    }
  }

  getFileName() { return this.#place.source; }
  getScriptNameOrSourceURL() { return this.#place.source; }
  getLineNumber() { return this.#place.line; }
  getColumnNumber() { return this.#place.column; }
  toString() { return this.text; }
}

/** Whether a frame is the library's, or of what --bundle puts around the modules. */
function isOurs(site) {
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  if (file === library) return true;
  const map = file && site.getLineNumber() ? moduleSourceMap(file) : undefined;
  if (map === undefined || map.isOfOneFile) return false;
  const found = map.find(site.getLineNumber(), site.getColumnNumber());
  return found === undefined || found.source.startsWith('dv8:');
}

/** `sites` without the library's, those of the app at their places in its sources. */
export function mappedSites(sites) {
  return sites.filter((site) => !isOurs(site)).map((site) => {
    const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
    return file && moduleSourceMap(file) !== undefined ? new MappedCallSite(site) : site;
  });
}

/** The hook prepareStackTrace. */
export function prepareStackTrace(error, sites) {
  const own = sites.filter((site) => !isOurs(site));
  const custom = Error.prepareStackTrace;
  if (typeof custom === 'function') return custom(error, own.map((site) => new MappedCallSite(site)));
  let text = header(error);
  for (const site of own) text += `\n    at ${frame(site)}`;
  return text;
}
