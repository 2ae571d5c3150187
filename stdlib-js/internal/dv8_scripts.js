// dv8's own way with files: the program of --env=core is a script, and require() runs the file that it names anew
// at each call. dv8pack has put the texts of those that it found into the library.
import * as assets from 'internal:assets';
import { decode } from 'internal:buffer';
import { evaluate as runGlobally } from 'internal:dv8_loop';
import { readText as readFile } from 'internal:dv8_system';
import { manifest } from 'internal:payload';
import { appRequire, requirePath, setProgram } from './app.js';
import { callable } from './dv8_modules.js';
import { callsModule, vintage } from './dv8_vintages.js';
import { entryPath, processState } from './process_state.js';
import { lookup } from './registry.js';

const evaluate = globalThis.eval; // Indirect: the code sees globals only.

// The program's scripts, as dv8pack has found them, and the modules beside them: their paths, by what requires name.
const texts = { __proto__: null };
const modules = { __proto__: null };
let workingFolder = '/app'; // As packed.
let down = []; // The folders' names from there to /app.
let programFolder;

/**
 * Called by the library's script: the texts to run, by virtual path, which of them is the program, and the paths of the
 * modules that they require, by virtual path or package.
 */
export function scripts({ folder, down: names, entry, texts: found, modules: required }) {
  workingFolder = folder;
  down = names.split('/').filter((name) => name !== '');
  Object.assign(texts, found);
  Object.assign(modules, required);
  if (entry === '') return;
  programFolder = dirname(entry);
  setProgram({ entry, run: () => runProgram(entry) });
}

function runProgram(entry) {
  const text = texts[entry];
  // Stacks name the lines of the texts as they are.
  processState.entry = 'dv8:app';
  for (const [name, value] of [['__filename', entry], ['__dirname', dirname(entry)], ['exports', module.exports]]) {
    if (text.includes(name)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
  runGlobally(text, entry);
}

/** The line `number` of a script, for who shows where an error was thrown. */
export function sourceLine(path, number) { return texts[path]?.split('\n')[number - 1]; }

function dirname(path) {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash) || '/';
}

// The virtual path of `path` from a virtual folder: "/app/_up2/x" is what lies two folders above /app.
function join(folder, path) {
  if (path.startsWith('/')) return path;
  const [, , level = '0', rest] = /^\/app(\/_up(\d+))?(.*)$/.exec(folder) ?? ['', '', '0', folder];
  let up = Number(level);
  const kept = rest.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '..' && kept.length > 0) kept.pop();
    else if (part === '..') up++;
    else if (part !== '' && part !== '.') kept.push(part);
  }
  while (up > 0 && kept.length > 1 && kept[0] === down[down.length - up]) {
    kept.shift();
    up--;
  }
  return ['/app', ...(up > 0 ? [`_up${up}`] : []), ...kept].join('/');
}

// Where a packed file may lie that `path` names: from the working folder, as in dv8, the program's, and that of
// the file which names it.
function places(path, from) {
  return [workingFolder, programFolder ?? dirname(entryPath()), from ?? workingFolder].map((folder) => join(folder, path));
}

function findScript(path, from) {
  const name = places(path, from).find((place) => texts[place] !== undefined);
  return name === undefined ? undefined : { name, text: texts[name] };
}

function findAsset(path, from) {
  if (assets.count() === 0) return undefined;
  for (const name of places(path, from)) {
    const index = assets.find(name);
    if (index < 0) continue;
    const bytes = new Uint8Array(assets.read(index));
    return { name, text: decode(bytes, 0, bytes.length, 0) };
  }
  return undefined;
}

/** A packed script or an asset: {name, text}; undefined when `path` is neither. */
export function findText(path, from = undefined) { return findScript(path, from) ?? findAsset(path, from); }

/** A script by its path: a packed one, an asset, or a file on the disk. @throws {Error} with code ENOENT. */
export function readText(path, from = undefined) {
  const found = findText(path, from);
  if (found !== undefined) return found;
  try {
    return { name: path, text: readFile(path) };
  } catch (error) {
    if (error.code !== 'ENOENT' || from === undefined || path.startsWith('/')) throw error;
    const beside = `${from}/${path}`;
    return { name: beside, text: readFile(beside) };
  }
}

const running = new Map(); // Name → module. A circle of files gets what is there, in place of no end.

function runFile({ name, text }) {
  if (name.endsWith('.json')) return JSON.parse(text);
  if (running.has(name)) return running.get(name).exports;
  const object = { exports: {}, filename: name };
  const mod = callsModule(text) ? callable(object) : object;
  const { exports } = mod;
  running.set(name, mod);
  try {
    const value = runInScope(text, [mod, exports, requireFrom(dirname(name)), name, dirname(name)]);
    if (mod.exports !== exports || Object.keys(exports).length > 0) return mod.exports;
    return value === undefined && vintage() >= '0.0.6' ? exports : value;
  } finally {
    running.delete(name);
  }
}

const PARAMETERS = 'module,exports,require,__filename,__dirname';

function runInScope(text, values) {
  const end = `\n//# sourceURL=${values[3]}`;
  try {
    // A line for the shell is a comment here.
    const code = text.startsWith('#!') ? `//${text}` : text;
    return evaluate(`(function(${PARAMETERS},__source){return eval(__source)})`)(...values, `"use strict";${code}${end}`);
  } catch (error) {
    // v0.0.9 runs a file as a function's body.
    if (!(error instanceof SyntaxError) || error.message !== 'Illegal return statement') throw error;
    return evaluate(`(function(${PARAMETERS}){"use strict";${text}\n})${end}`)(...values);
  }
}

/** What require(path) of a file in the folder `from` gives. */
export function load(path, from) {
  const own = lookup(`dv8:${path}`);
  const found = manifest('env') === 'core' ? own ?? lookup(path) : lookup(path) ?? own;
  if (found !== undefined) return found;
  const script = findScript(path, from);
  if (script !== undefined) return runFile(script);
  const module = [path, ...places(path, from)].find((name) => modules[name] !== undefined);
  if (module !== undefined) return requirePath(modules[module]);
  const asset = findAsset(path, from);
  if (asset !== undefined) return runFile(asset);
  if (!/^[./]|\.js$/.test(path)) return appRequire(path);
  return runFile(readText(path, from));
}

/** A `require` of a file in the folder `from`. */
export function requireFrom(from) {
  return function require(path) { return load(`${path}`, from); };
}
