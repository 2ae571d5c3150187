// readline's Interface: lines from a stream. The terminal's own line editing is used (cooked
// mode); there is no history.
import { EventEmitter } from './event_emitter.js';
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_USE_AFTER_CLOSE } from './errors.js';
import { validateAbortSignal, validateFunction } from './validators.js';
import stringDecoder from '../node/string_decoder.js';

const { StringDecoder } = stringDecoder;

const lineEnding = /\r\n|\n|\r(?!$)|\u2028|\u2029/;

/** What createInterface returns. */
export class Interface extends EventEmitter {
  #buffer = '';
  #decoder = new StringDecoder('utf8');
  #question = null;
  #onData;
  #onEnd;

  constructor(input, output, completer, terminal) {
    super();
    let options = input;
    if (typeof input?.on === 'function') options = { input, output, completer, terminal };
    if (typeof options?.input?.on !== 'function') throw new ERR_INVALID_ARG_TYPE('input', 'Stream', options?.input);
    this.input = options.input;
    this.output = options.output ?? undefined;
    this.terminal = options.terminal ?? !!this.output?.isTTY;
    this.line = '';
    this.cursor = 0;
    this.closed = false;
    this.paused = false;
    this.history = [];
    this.crlfDelay = options.crlfDelay ? Math.max(100, options.crlfDelay) : 100;
    this.setPrompt(options.prompt ?? '> ');
    this.#onData = (chunk) => this.#receive(typeof chunk === 'string' ? chunk : this.#decoder.write(chunk));
    this.#onEnd = () => {
      this.#buffer += this.#decoder.end();
      if (this.#buffer !== '') {
        const line = this.#buffer.replace(/\r$/, '');
        this.#buffer = '';
        this.#emitLine(line);
      }
      this.close();
    };
    this.input.on('data', this.#onData);
    this.input.on('end', this.#onEnd);
    const { signal } = options;
    if (signal) {
      validateAbortSignal(signal, 'options.signal');
      if (signal.aborted) process.nextTick(() => this.close());
      else signal.addEventListener('abort', () => this.close(), { once: true });
    }
    this.input.resume();
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
      this.#question = null;
      this.setPrompt(this.oldPrompt);
      answer(line);
    } else {
      this.emit('line', line);
    }
  }

  getPrompt() { return this._prompt; }
  setPrompt(prompt) { this._prompt = `${prompt}`; }
  prompt() {
    if (this.paused) this.resume();
    this.output?.write(this._prompt);
  }

  question(query, options, callback) {
    callback = typeof options === 'function' ? options : callback;
    options = typeof options === 'object' && options !== null ? options : {};
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (typeof callback !== 'function') return;
    if (options.signal) {
      validateAbortSignal(options.signal, 'options.signal');
      if (options.signal.aborted) return;
      options.signal.addEventListener('abort', () => { this.#question = null; }, { once: true });
    }
    if (this.#question !== null) {
      this.prompt();
      return;
    }
    this.oldPrompt = this._prompt;
    this.setPrompt(query);
    this.#question = callback;
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

  write(data) {
    if (this.closed) throw new ERR_USE_AFTER_CLOSE('readline');
    if (this.paused) this.resume();
    if (data != null) this.#receive(`${data}`);
  }

  close() {
    if (this.closed) return;
    this.input.removeListener('data', this.#onData);
    this.input.removeListener('end', this.#onEnd);
    this.pause();
    this.closed = true;
    this.emit('close');
  }

  getCursorPos() { return { rows: 0, cols: this._prompt.length }; }
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
      const { signal } = options;
      if (signal) {
        validateAbortSignal(signal, 'options.signal');
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        signal.addEventListener('abort', () => reject(new AbortError(undefined, { cause: signal.reason })), { once: true });
      }
      super.question(query, options, resolve);
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

/** Makes `stream` emit 'keypress' (character, {name, sequence, ctrl, meta, shift}). */
export function emitKeypressEvents(stream) {
  if (watched.has(stream)) return;
  watched.add(stream);
  const decoder = new StringDecoder('utf8');
  stream.on('data', (chunk) => {
    if (stream.listenerCount('keypress') === 0) return;
    const text = typeof chunk === 'string' ? chunk : decoder.write(chunk);
    for (const [sequence] of text.matchAll(/\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Z]|[^[O])|\x1b|[\s\S]/gu)) {
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
  });
}
