// dv8:repl, what `dv8pack repl` runs: reads JavaScript, evaluates it, prints the value, again and again.
import { run, wasInterrupted } from 'internal:repl';
import { LineEditor } from '../internal/line_editor.js';
import { lookup, names } from '../internal/registry.js';

const fs = lookup('node:fs');
const nodeModule = lookup('node:module');
const os = lookup('node:os');
const { inspect } = lookup('node:util');

const HISTORY = 1000;
// What V8 says of a text that is not over yet.
const UNFINISHED = /^(?:Unexpected end of input|Unterminated template literal|missing \) after argument list|Missing } in template expression)/;
const INTERRUPTED = 'Uncaught Error: Script execution was interrupted by SIGINT\n';
const WORDS = ['async', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'export',
  'extends', 'false', 'finally', 'for', 'function', 'if', 'import', 'in', 'instanceof', 'let', 'new', 'null', 'return', 'super', 'switch', 'this',
  'throw', 'true', 'try', 'typeof', 'undefined', 'var', 'void', 'while', 'with', 'yield'];

const declared = new Set();

class Unfinished extends Error {}

/** Runs `source`; an Unfinished error when it is the beginning of something longer. */
function evaluate(source) {
  const attempts = /^\s*\{/.test(source) && !/;\s*$/.test(source) ? [`(${source}\n)`, source] : [source];
  let problem;
  for (const text of attempts) {
    try {
      return run(text, 'repl');
    } catch (error) {
      // One that the text itself threw has the text's name in its stack.
      if (!(error instanceof SyntaxError) || /\n\s+at (?:.*\()?repl:\d/.test(error.stack)) throw error;
      problem = error;
    }
  }
  if (/\bawait\b/.test(source)) return evaluateAwait(source, problem);
  if (UNFINISHED.test(problem.message)) throw new Unfinished();
  throw problem;
}

/** Top-level await: the text as an async function's body, with its declarations made global. */
function evaluateAwait(source, problem) {
  const open = source.replace(/^(\s*)(?:const|let|var)\s+([\w$]+)\s*=/gm, '$1globalThis.$2 =')
    .replace(/^(\s*)(?:const|let|var)\s+([{[][^=]*[}\]])\s*=\s*([^;]*);?/gm, '$1($2 = $3);');
  const lines = open.trimEnd().replace(/;$/, '').split('\n');
  const last = lines.pop();
  for (const text of [`(async () => (${open.trim().replace(/;$/, '')}\n))()`, `(async () => {${lines.join('\n')}\nreturn (${last}\n);})()`, `(async () => {${open}\n})()`]) {
    try {
      return run(text, 'repl');
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      if (UNFINISHED.test(problem.message)) throw new Unfinished();
    }
  }
  throw problem;
}

function completions(text) {
  const module = /(?:require|import)\(\s*(['"])([^'"]*)$/.exec(text);
  if (module !== null) {
    const all = [...names(), ...nodeModule.builtinModules, ...nodeModule.builtinModules.map((name) => `node:${name}`)];
    return [[...new Set(all)].filter((name) => name.startsWith(module[2])).sort(), module[2]];
  }
  const [, path = '', part] = /((?:[\w$]+\??\.)*)([\w$]*)$/.exec(text);
  if (path === '' && part === '') return [[], ''];
  let found = new Set();
  if (path === '') {
    found = new Set([...WORDS, ...declared]);
    collect(globalThis, found);
  } else {
    try {
      collect(run(path.replace(/\??\.$/, ''), 'repl'), found);
    } catch {
      return [[], part];
    }
  }
  return [[...found].filter((name) => name.startsWith(part) && /^[\w$]+$/.test(name) && (part !== '' || path !== '')).sort(), part];
}

function collect(value, found) {
  if (value === null || value === undefined) return;
  for (let at = Object(value); at !== null; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) if (!/^\d/.test(name)) found.add(name);
  }
}

function show(error) {
  const text = error instanceof Error ? inspect(error).replace(/\n\s+at (?:.*\(dv8:.*|.*node:internal.*|.*main\.mjs.*)/g, '') : inspect(error);
  return `Uncaught ${text}\n`;
}

class Repl {
  #isTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  #failed = false;
  #editor;

  constructor() {
    const base = `${process.cwd()}/`;
    for (const [name, value] of Object.entries({ require: nodeModule.createRequire(base), module: { exports: {}, id: 'repl', filename: base }, exports: {}, _: undefined })) {
      Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    }
    const tell = (error) => process.stderr.write(show(error));
    process.on('uncaughtException', tell);
    process.on('unhandledRejection', tell);
  }

  async #evaluate(source) {
    for (const [, name] of source.matchAll(/\b(?:const|let|var|class|function\*?)\s+([\w$]+)/g)) declared.add(name);
    let value = evaluate(source);
    if (wasInterrupted()) {
      process.stderr.write(INTERRUPTED);
      return;
    }
    if (/\bawait\b/.test(source)) {
      const interrupted = Symbol('interrupted');
      value = await Promise.race([value, new Promise((resolve) => {
        if (this.#editor !== undefined) this.#editor.onInterrupt = () => resolve(interrupted);
      })]);
      if (value === interrupted) {
        process.stderr.write(INTERRUPTED);
        return;
      }
      if (/^\s*(?:const|let|var|class|function)\b/.test(source)) value = undefined;
    }
    globalThis._ = value;
    process.stdout.write(`${inspect(value, { colors: this.#isTerminal && !process.env.NO_COLOR })}\n`);
  }

  /** True when `source` was a whole; false when more has to follow. */
  async #take(source) {
    try {
      await this.#evaluate(source);
    } catch (error) {
      if (error instanceof Unfinished) return false;
      this.#failed = true;
      process.stderr.write(show(error));
    }
    return true;
  }

  async #terminal() {
    const path = `${os.homedir()}/.dv8pack_history`;
    let history = [];
    try {
      history = fs.readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
    } catch {
      // The first time there is none.
    }
    this.#editor = new LineEditor(process.stdout, history, completions);
    process.stdin.setEncoding('utf8');
    process.stdin.on('data', (keys) => this.#editor.feed(keys));
    process.stdin.on('end', () => this.#editor.end());
    process.stdout.write(`V8 ${process.versions.v8}, dv8pack ${process.versions.dv8}; Ctrl-D or .exit ends\n`);
    let source = '';
    process.stdin.setRawMode(true);
    for (;;) {
      const { text, interrupted, end } = await this.#editor.read(source === '' ? '> ' : '... ');
      if (end || (source === '' && text?.trim() === '.exit')) break;
      source = interrupted ? '' : source + (source === '' ? '' : '\n') + text;
      if (source.trim() === '' || await this.#take(source)) source = '';
    }
    process.stdin.setRawMode(false);
    try {
      fs.writeFileSync(path, `${this.#editor.history.slice(-HISTORY).join('\n')}\n`, { mode: 0o600 });
    } catch (error) {
      process.stderr.write(`the history is not kept: ${error.message}\n`);
    }
  }

  async #stream() {
    let source = '';
    for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
      source += (source === '' ? '' : '\n') + line;
      if (source.trim() === '' || await this.#take(source)) source = '';
    }
    if (source.trim() !== '') {
      process.stderr.write('Uncaught SyntaxError: Unexpected end of input\n');
      this.#failed = true;
    }
  }

  async start() {
    if (this.#isTerminal) await this.#terminal();
    else await this.#stream();
    process.exit(this.#failed && !this.#isTerminal ? 1 : 0);
  }
}

/** Reads, evaluates and prints until the input ends. At a terminal with line editing and history. */
export function start() { new Repl().start(); }

export default { start };
