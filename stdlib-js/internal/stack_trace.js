// error.stack: frames of the app at their places in its sources, frames of this library left
// out. Runs when a program (or the end of one) first looks at a stack.
import { kIsNodeError } from './errors_mark.js';
import { appSourceMap, moduleSourceMap } from './source_map.js';

const library = 'dv8:stdlib';

/** Where a frame is in the sources: {source, line, column}; undefined for the library. */
function place(site, entry) {
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (file && line && (entry === undefined || file === entry)) {
    const found = appSourceMap()?.find(line, column);
    if (found !== undefined) return found;
  }
  if (file && line) {
    const found = moduleSourceMap(file)?.find(line, column);
    if (found !== undefined) return { ...found, source: file };
  }
  return { source: file, line, column };
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

function frame(site, entry) {
  const text = site.toString();
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  if (!file) return text;
  const found = place(site, entry);
  const from = `${file}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  return text.replace(from, () => `${found.source}:${found.line}:${found.column}`);
}

// What Error.prepareStackTrace gets: V8's call site with the place in the sources.
class MappedCallSite {
  #site;
  #place;

  constructor(site, entry) {
    this.#site = site;
    this.#place = place(site, entry);
    this.text = frame(site, entry);
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

/** Whether a frame is the library's, or of what the bundler puts around the app's modules. */
function isOurs(site, entry) {
  const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
  if (file === library) return true;
  if (file !== entry || entry === undefined || !site.getLineNumber()) return false;
  const map = appSourceMap();
  if (map === null) return false;
  const found = map.find(site.getLineNumber(), site.getColumnNumber());
  return found === undefined || found.source.startsWith('dv8:');
}

/** `sites` without the library's, those of the app at their places in its sources. */
export function mappedSites(sites, entry) {
  return sites.filter((site) => !isOurs(site, entry)).map((site) => {
    const file = site.getScriptNameOrSourceURL?.() ?? site.getFileName();
    return file && (file === entry || moduleSourceMap(file) !== undefined) ? new MappedCallSite(site, entry) : site;
  });
}

/** The hook prepareStackTrace. `entry` is the name of the app's script. */
export function prepareStackTrace(error, sites, entry) {
  const own = sites.filter((site) => !isOurs(site, entry));
  const custom = Error.prepareStackTrace;
  if (typeof custom === 'function') return custom(error, own.map((site) => new MappedCallSite(site, entry)));
  let text = header(error);
  for (const site of own) text += `\n    at ${frame(site, entry)}`;
  return text;
}
