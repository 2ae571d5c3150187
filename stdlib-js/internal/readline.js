// readline's Interface: lines from a stream. On a terminal it puts the input into raw mode and edits
// the line itself; from other streams it cuts what comes.
import { EventEmitter } from './event_emitter.js';
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_USE_AFTER_CLOSE } from './errors.js';
import { TerminalLine } from './readline_terminal.js';
import { validateAbortSignal, validateFunction } from './validators.js';
import stringDecoder from '../node_old/string_decoder.js';

const { StringDecoder } = stringDecoder;

const lineEnding = /\r\n|\n|\r(?!$)|\u2028|\u2029/;

/** What createInterface returns. */
export class Interface extends EventEmitter {
  #buffer = '';
  #decoder = new StringDecoder('utf8');
  #question = null;
  #reject = null;
  #terminalLine = null;
  #stopListening;

  constructor(input, output, completer, terminal) {
    super();
    let options = input;
    if (typeof input?.on === 'function') options = { input, output, completer, terminal };
    if (typeof options?.input?.on !== 'function') throw new ERR_INVALID_ARG_TYPE('input', 'Stream', options?.input);
    const { signal } = options;
    if (signal) validateAbortSignal(signal, 'options.signal');
    if (options.completer !== undefined && typeof options.completer !== 'function') {
      throw new ERR_INVALID_ARG_VALUE('completer', options.completer);
    }
    this.input = options.input;
    this.output = options.output ?? undefined;
    this.completer = options.completer;
    this.terminal = !!(options.terminal ?? this.output?.isTTY);
    this.line = '';
    this.cursor = 0;
    this.closed = false;
    this.paused = false;
    this.history = options.history ? [...options.history] : [];
    this.historySize = options.historySize ?? 30;
    this.removeHistoryDuplicates = !!options.removeHistoryDuplicates;
    this.tabSize = options.tabSize ?? 8;
    this.isCompletionEnabled = true;
    this.crlfDelay = options.crlfDelay ? Math.max(100, options.crlfDelay) : 100;
    this.setPrompt(options.prompt ?? '> ');
    const listeners = this.terminal ? this.#listenToKeys() : this.#listenToData();
    listeners.error = (error) => this.emit('error', error);
    for (const [name, listener] of Object.entries(listeners)) this.input.on(name, listener);
    this.#stopListening = () => {
      for (const [name, listener] of Object.entries(listeners)) this.input.removeListener(name, listener);
    };
    if (this.terminal) this.#setRawMode(true);
    if (signal) {
      if (signal.aborted) process.nextTick(() => this.close());
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    this.input.resume();
  }

  #listenToKeys() {
    this.#terminalLine = new TerminalLine(this, (line) => this.#emitLine(line), (keys) => this.#abandon(keys));
    emitKeypressEvents(this.input, this);
    const refresh = () => this._refreshLine();
    this.output?.on('resize', refresh);
    this.once('close', () => this.output?.removeListener('resize', refresh));
    return {
      keypress: (text, key) => this._ttyWrite(text, key),
      end: () => {
        if (this.line !== '') this.emit('line', this.line);
        this.close();
      },
    };
  }

  #listenToData() {
    return {
      data: (chunk) => this.#receive(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk)),
      end: () => {
        this.#buffer += this.#decoder.end();
        if (this.#buffer !== '') {
          const line = this.#buffer.replace(/\r$/, '');
          this.#buffer = '';
          this.#emitLine(line);
        }
        this.close();
      },
    };
  }

  #setRawMode(mode) {
    if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
  }

  #receive(text) {
    this.#buffer += text;
    for (;;) {
      const match = lineEnding.exec(this.#buffer);
      if (match === null || this.closed) return;
      const line = this.#buffer.slice(0, match.index);
      this.#buffer = this.#buffer.slice(match.index + match[0].length);
      this.#emitLine(line);
    }
  }

  #emitLine(line) {
    if (this.#question !== null) {
      const answer = this.#question;
      this.#question = this.#reject = null;
      this.setPrompt(this.oldPrompt);
      answer(line);
    } else {
      this.emit('line', line);
    }
  }

  // Ctrl-C that nobody listens to, or Ctrl-D on an empty line.
  #abandon(keys) {
    const reject = this.#reject;
    this.close();
    reject?.(new AbortError(`Aborted with ${keys}`));
  }

  get columns() { return this.output?.columns || Infinity; }
  getPrompt() { return this._prompt; }
  setPrompt(prompt) { this._prompt = `${prompt}`; }
  prompt(preserveCursor) {
    if (this.paused) this.resume();
    if (this.terminal && process.env.TERM !== 'dumb') {
      if (!preserveCursor) this.cursor = 0;
      this._refreshLine();
    } else {
      this._writeToOutput(this._prompt);
    }
  }

  // Programs replace it to hide what is typed.
  _writeToOutput(text) { this.output?.write(text); }
  _refreshLine() { this.#terminalLine?.refresh(); }
  _ttyWrite(text, key) { this.#terminalLine?.key(text, key ?? {}); }
  clearLine() { this.#terminalLine?.clear(); }

  question(query, options, callback) {
    callback = typeof options === 'function' ? options : callback;
    options = typeof options === 'object' && options !== null ? options : {};
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (typeof callback === 'function') this._ask(query, options, callback, null);
  }

  // `reject` is called when the user abandons the prompt.
  _ask(query, { signal }, answer, reject) {
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) return;
      signal.addEventListener('abort', () => {
        if (this.#question !== answer) return;
        this.#question = this.#reject = null;
        this.setPrompt(this.oldPrompt);
        this.clearLine();
      }, { once: true });
    }
    if (this.#question === null) {
      this.oldPrompt = this._prompt;
      this.setPrompt(query);
      this.#question = answer;
      this.#reject = reject;
    }
    this.prompt();
  }

  pause() {
    if (this.paused) return this;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  }

  resume() {
    if (!this.paused) return this;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  }

  write(data, key) {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) this.resume();
    if (this.terminal) this._ttyWrite(data, key);
    else if (data !== null && data !== undefined) this.#receive(`${data}`);
  }

  close() {
    if (this.closed) return;
    this.#stopListening();
    this.pause();
    if (this.terminal) this.#setRawMode(false);
    this.closed = true;
    this.emit('close');
  }

  getCursorPos() {
    return this.#terminalLine?.cursorPosition() ?? { rows: 0, cols: this._prompt.length };
  }

  [Symbol.dispose]() { this.close(); }

  [Symbol.asyncIterator]() {
    const lines = [];
    let wake = null;
    const onLine = (line) => {
      lines.push(line);
      wake?.();
    };
    const onClose = () => wake?.();
    this.on('line', onLine);
    this.on('close', onClose);
    const self = this;
    const iterator = (async function* () {
      try {
        for (;;) {
          while (lines.length > 0) yield lines.shift();
          if (self.closed) return;
          await new Promise((resolve) => { wake = resolve; });
          wake = null;
        }
      } finally {
        self.removeListener('line', onLine);
        self.removeListener('close', onClose);
        self.close();
      }
    })();
    return iterator;
  }
}

/** readline/promises' Interface. */
export class PromiseInterface extends Interface {
  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
      const { signal } = options;
      if (signal) {
        validateAbortSignal(signal, 'options.signal');
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        signal.addEventListener('abort', () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
      }
      this._ask(query, options, resolve, reject);
    });
  }
}

function write(stream, text, callback) {
  if (callback !== undefined && callback !== null) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || text === '') {
    if (callback) process.nextTick(callback, null);
    return true;
  }
  return stream.write(text, callback);
}

export function clearLine(stream, direction, callback) {
  return write(stream, `\x1b[${direction < 0 ? '1' : direction > 0 ? '0' : '2'}K`, callback);
}
export function clearScreenDown(stream, callback) { return write(stream, '\x1b[0J', callback); }
export function cursorTo(stream, x, y, callback) {
  if (typeof y === 'function') [callback, y] = [y, undefined];
  return write(stream, typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`, callback);
}
export function moveCursor(stream, dx, dy, callback) {
  let text = dx < 0 ? `\x1b[${-dx}D` : dx > 0 ? `\x1b[${dx}C` : '';
  if (dy < 0) text += `\x1b[${-dy}A`;
  else if (dy > 0) text += `\x1b[${dy}B`;
  return write(stream, text, callback);
}

const keyNames = {
  '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', '\x1b': 'escape', ' ': 'space',
  '[A': 'up', '[B': 'down', '[C': 'right', '[D': 'left', '[H': 'home', '[F': 'end', '[1~': 'home', '[4~': 'end', '[2~': 'insert',
  '[3~': 'delete', '[5~': 'pageup', '[6~': 'pagedown', OA: 'up', OB: 'down', OC: 'right', OD: 'left', OH: 'home', OF: 'end',
  OP: 'f1', OQ: 'f2', OR: 'f3', OS: 'f4', '[15~': 'f5', '[17~': 'f6', '[18~': 'f7', '[19~': 'f8', '[20~': 'f9', '[21~': 'f10',
  '[23~': 'f11', '[24~': 'f12', '[Z': 'tab',
};
const watched = new WeakSet();

/**
 * Makes `stream` emit 'keypress' (character, {name, sequence, ctrl, meta, shift}). It reads the stream
 * only while somebody listens. `iface` learns whether a Tab was typed: one in the middle of a paste is text.
 */
export function emitKeypressEvents(stream, iface = {}) {
  if (watched.has(stream)) return;
  watched.add(stream);
  const decoder = new StringDecoder('utf8');
  const onData = (chunk) => {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onListener);
      return;
    }
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    let left = text.length;
    for (const [sequence] of text.matchAll(/\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Z]|[^[O])|\x1b|[\s\S]/gu)) {
      left -= sequence.length;
      iface.isCompletionEnabled = left === 0;
      emitKey(stream, sequence);
    }
  };
  const onListener = (name) => {
    if (name !== 'keypress') return;
    stream.removeListener('newListener', onListener);
    stream.on('data', onData);
  };
  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onListener);
}

function emitKey(stream, sequence) {
  const key = { sequence, name: undefined, ctrl: false, meta: false, shift: false };
  let rest = sequence;
  if (sequence.length > 1 && sequence[0] === '\x1b') {
    rest = sequence.slice(1);
    if (!/^[[O]/.test(rest)) key.meta = true;
    const modified = /^\[(\d*);(\d)([A-Za-z~])$/.exec(rest);
    if (modified !== null) {
      const bits = modified[2] - 1;
      key.shift = (bits & 1) !== 0;
      key.meta = (bits & 2) !== 0;
      key.ctrl = (bits & 4) !== 0;
      rest = `[${modified[3] === '~' ? modified[1] : ''}${modified[3]}`;
    }
    if (rest === '[Z') key.shift = true;
  }
  key.name = keyNames[rest];
  if (key.name === undefined) {
    if (rest.length === 1 && rest <= '\x1a') {
      key.name = String.fromCharCode(rest.charCodeAt(0) + 96);
      key.ctrl = true;
    } else if (/^[0-9A-Za-z]$/.test(rest)) {
      key.name = rest.toLowerCase();
      key.shift = /^[A-Z]$/.test(rest);
    }
  }
  stream.emit('keypress', key.meta || sequence.length > 2 || sequence[0] === '\x1b' ? undefined : sequence, key);
}
