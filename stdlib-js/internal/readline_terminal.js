// How a readline Interface edits its line on a terminal in raw mode: keys, history, completion. Line and
// cursor are the Interface's, because programs read and set them there.
import { getStringWidth, stripVTControlCharacters } from './string_width.js';

const WORD_BEFORE = /(?:[^\w\s]+|\w+)?\s*$/;
const WORD_AFTER = /^(?:\s+|[^\w\s]+|\w+)\s*/;
const MOST_KILLED = 32;

function commonPrefix(words) {
  let common = words[0] ?? '';
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  return common;
}

export class TerminalLine {
  #rl;
  #onLine;
  #onAbandon;
  #place = -1; // In the history, whose newest entry is the first; -1 is the line that is being typed.
  #draft = '';
  #search = null; // What entries of the history must begin with.
  #rowsAbove = 0; // Of the cursor, since the line was last drawn.
  #killed = [];
  #undo = [];
  #redo = [];
  #lastKey = '';
  #returnAt = 0; // When a carriage return came: a line feed soon after it is the same key.

  /**
   * @param {object} rl - the Interface.
   * @param {function} onLine - (line) at Return.
   * @param {function} onAbandon - (keys) at Ctrl-C without a listener, or Ctrl-D on an empty line.
   */
  constructor(rl, onLine, onAbandon) {
    this.#rl = rl;
    this.#onLine = onLine;
    this.#onAbandon = onAbandon;
  }

  /** Handles a key of 'keypress', or what write() was given. */
  key(text, key) {
    const rl = this.#rl;
    const { name } = key;
    const last = this.#lastKey;
    this.#lastKey = name;
    if ((name === 'up' || name === 'down') && !key.ctrl && !key.meta && !key.shift) this.#search ??= rl.line.slice(0, rl.cursor);
    else this.#search = null;
    if (process.env.TERM === 'dumb') return this.#dumbKey(text, key);
    if (key.sequence === '\x1f') return this.#restore(this.#undo, this.#redo);
    if (key.sequence === '\x1e') return this.#restore(this.#redo, this.#undo);
    if (name === 'escape') return undefined;
    if (key.ctrl && key.shift) {
      if (name === 'backspace') this.#kill(0, rl.cursor);
      else if (name === 'delete') this.#kill(rl.cursor, rl.line.length);
      return undefined;
    }
    if (key.ctrl) return this.#control(name);
    if (key.meta) return this.#meta(name);
    if (this.#returnAt !== 0 && name !== 'enter') this.#returnAt = 0;
    switch (name) {
      case 'return':
        this.#returnAt = Date.now();
        return this.#finish();
      case 'enter': {
        const isRest = this.#returnAt !== 0 && Date.now() - this.#returnAt <= rl.crlfDelay;
        this.#returnAt = 0;
        return isRest ? undefined : this.#finish();
      }
      case 'backspace': return this.#remove(this.#before(), rl.cursor);
      case 'delete': return this.#remove(rl.cursor, this.#after());
      case 'left': return this.#moveTo(this.#before());
      case 'right': return this.#moveTo(this.#after());
      case 'home': return this.#moveTo(0);
      case 'end': return this.#moveTo(rl.line.length);
      case 'up': return this.#recall(1);
      case 'down': return this.#recall(-1);
      case 'tab':
        if (typeof rl.completer === 'function' && rl.isCompletionEnabled) return this.#complete(last === 'tab');
    }
    if (typeof text === 'string' && text !== '') this.#type(text);
    return undefined;
  }

  #control(name) {
    const rl = this.#rl;
    switch (name) {
      case 'c': return this.#interrupt();
      case 'd':
        if (rl.line === '') this.#onAbandon('Ctrl+D');
        else this.#remove(rl.cursor, this.#after());
        return undefined;
      case 'h': return this.#remove(this.#before(), rl.cursor);
      case 'u': return this.#kill(0, rl.cursor);
      case 'k': return this.#kill(rl.cursor, rl.line.length);
      case 'y': return this.#killed.length > 0 ? this.insert(this.#killed[0]) : undefined;
      case 'a': return this.#moveTo(0);
      case 'e': return this.#moveTo(rl.line.length);
      case 'b': return this.#moveTo(this.#before());
      case 'f': return this.#moveTo(this.#after());
      case 'n': return this.#recall(-1);
      case 'p': return this.#recall(1);
      case 'l':
        rl._writeToOutput('\x1b[1;1H\x1b[0J');
        return this.refresh();
      case 'z': return this.#suspend();
      case 'w': case 'backspace': return this.#remove(this.#wordBefore(), rl.cursor);
      case 'delete': return this.#remove(rl.cursor, this.#wordAfter());
      case 'left': return this.#moveTo(this.#wordBefore());
      case 'right': return this.#moveTo(this.#wordAfter());
    }
    return undefined;
  }

  #meta(name) {
    const rl = this.#rl;
    switch (name) {
      case 'b': return this.#moveTo(this.#wordBefore());
      case 'f': return this.#moveTo(this.#wordAfter());
      case 'd': case 'delete': return this.#remove(rl.cursor, this.#wordAfter());
      case 'backspace': return this.#remove(this.#wordBefore(), rl.cursor);
    }
    return undefined;
  }

  // A terminal that cannot move its cursor: what is typed is shown, and no more.
  #dumbKey(text, key) {
    const rl = this.#rl;
    if (key.ctrl && key.name === 'c') this.#interrupt();
    else if (key.ctrl && key.name === 'd') this.#onAbandon('Ctrl+D');
    else if (key.name === 'return' || key.name === 'enter') this.#finish();
    else if (typeof text === 'string' && text !== '') this.#append(text);
  }

  #append(text) {
    const rl = this.#rl;
    rl.line += text;
    rl.cursor += text.length;
    rl._writeToOutput(text);
  }

  #interrupt() {
    if (this.#rl.listenerCount('SIGINT') > 0) this.#rl.emit('SIGINT');
    else this.#onAbandon('Ctrl+C');
  }

  #suspend() {
    const rl = this.#rl;
    if (rl.listenerCount('SIGTSTP') > 0) {
      rl.emit('SIGTSTP');
      return;
    }
    const setRawMode = (mode) => { if (typeof rl.input.setRawMode === 'function') rl.input.setRawMode(mode); };
    process.once('SIGCONT', () => {
      if (!rl.paused) {
        rl.pause();
        rl.emit('SIGCONT');
      }
      setRawMode(true);
      this.refresh();
    });
    setRawMode(false);
    process.kill(process.pid, 'SIGTSTP');
  }

  // Text may hold whole lines: a paste, or write().
  #type(text) {
    const lines = text.split(/\r\n|\n|\r|\u2028|\u2029/);
    for (const line of lines.slice(0, -1)) {
      this.insert(line);
      this.#finish();
    }
    this.insert(lines.at(-1));
  }

  /** Puts `text` at the cursor. In the middle of a paste the line behind the cursor is not drawn anew. */
  insert(text) {
    const rl = this.#rl;
    this.#remember();
    const inside = rl.cursor < rl.line.length;
    const { rows } = this.cursorPosition();
    rl.line = rl.line.slice(0, rl.cursor) + text + rl.line.slice(rl.cursor);
    rl.cursor += text.length;
    if (rl.isCompletionEnabled && (inside || rows < this.cursorPosition().rows)) this.refresh();
    else rl._writeToOutput(text);
  }

  #remove(from, to) {
    if (from >= to) return;
    const rl = this.#rl;
    this.#remember();
    rl.line = rl.line.slice(0, from) + rl.line.slice(to);
    rl.cursor = from;
    this.refresh();
  }

  #kill(from, to) {
    const text = this.#rl.line.slice(from, to);
    if (text !== '') this.#killed = [text, ...this.#killed].slice(0, MOST_KILLED);
    this.#remove(from, to);
  }

  #remember() {
    this.#redo = [];
    if (this.#undo.push({ line: this.#rl.line, cursor: this.#rl.cursor }) > 2048) this.#undo.shift();
  }

  #restore(from, to) {
    const state = from.pop();
    if (state === undefined) return;
    to.push({ line: this.#rl.line, cursor: this.#rl.cursor });
    Object.assign(this.#rl, state);
    this.refresh();
  }

  #before() {
    const { line, cursor } = this.#rl;
    return cursor - /(?:[\ud800-\udbff][\udc00-\udfff]|.)?$/s.exec(line.slice(0, cursor))[0].length;
  }

  #after() {
    const { line, cursor } = this.#rl;
    return cursor + /^(?:[\ud800-\udbff][\udc00-\udfff]|.)?/s.exec(line.slice(cursor))[0].length;
  }

  #wordBefore() {
    const { line, cursor } = this.#rl;
    return cursor - WORD_BEFORE.exec(line.slice(0, cursor))[0].length;
  }

  #wordAfter() {
    const { line, cursor } = this.#rl;
    return cursor + (WORD_AFTER.exec(line.slice(cursor))?.[0].length ?? 0);
  }

  #moveTo(cursor) {
    const rl = this.#rl;
    const old = this.cursorPosition();
    rl.cursor = cursor;
    const position = this.cursorPosition();
    if (position.rows !== old.rows) {
      this.refresh();
    } else if (position.cols !== old.cols) {
      const columns = position.cols - old.cols;
      rl.output?.write(columns < 0 ? `\x1b[${-columns}D` : `\x1b[${columns}C`);
    }
  }

  #recall(step) {
    const rl = this.#rl;
    const wanted = this.#search ?? '';
    let place = this.#place + step;
    while (place >= 0 && place < rl.history.length &&
           !(rl.history[place].startsWith(wanted) && rl.history[place] !== rl.line)) place += step;
    if (place >= rl.history.length || (place < 0 && this.#place < 0)) return;
    if (this.#place < 0) this.#draft = rl.line;
    this.#place = Math.max(place, -1);
    this.#remember();
    rl.line = this.#place < 0 ? this.#draft : rl.history[this.#place];
    rl.cursor = rl.line.length;
    this.refresh();
  }

  #addToHistory(line) {
    const rl = this.#rl;
    this.#place = -1;
    if (rl.historySize === 0 || line.trim() === '') return;
    if (rl.history[0] === line) return;
    if (rl.removeHistoryDuplicates) rl.history = rl.history.filter((other) => other !== line);
    rl.history.unshift(line);
    if (rl.history.length > rl.historySize) rl.history.pop();
    rl.emit('history', rl.history);
  }

  #finish() {
    const { line } = this.#rl;
    this.#addToHistory(line);
    this.#undo = [];
    this.#redo = [];
    this.clear();
    this.#onLine(line);
  }

  /** Leaves the line as it stands and begins an empty one below it. */
  clear() {
    const rl = this.#rl;
    this.#moveTo(rl.line.length);
    rl._writeToOutput('\r\n');
    rl.line = '';
    rl.cursor = 0;
    this.#rowsAbove = 0;
  }

  async #complete(isSecond) {
    const rl = this.#rl;
    const text = rl.line.slice(0, rl.cursor);
    let found;
    rl.pause();
    try {
      found = rl.completer.length === 2
        ? await new Promise((resolve, reject) => {
          rl.completer(text, (error, value) => (error ? reject(error) : resolve(value)));
        })
        : await rl.completer(text);
    } catch (error) {
      rl._writeToOutput(`Tab completion error: ${require('./inspect.js').inspect(error)}`);
      return;
    } finally {
      if (!rl.closed) rl.resume();
    }
    const [words, part] = found ?? [];
    if (rl.closed || !words || words.length === 0) return;
    const common = commonPrefix(words.filter((word) => word !== ''));
    if (common.startsWith(part) && common.length > part.length) {
      this.insert(common.slice(part.length));
    } else if (!part.startsWith(common)) {
      const start = rl.cursor - part.length;
      rl.line = rl.line.slice(0, start) + common + rl.line.slice(rl.cursor);
      rl.cursor = start + common.length;
      this.refresh();
    } else if (isSecond) {
      rl._writeToOutput(this.#table(words));
      this.refresh();
    }
  }

  // Words in columns; an empty one ends a group.
  #table(words) {
    const width = Math.max(...words.map((word) => getStringWidth(word))) + 2;
    const perRow = Number.isFinite(this.#rl.columns) ? Math.max(1, Math.floor(this.#rl.columns / width)) : 1;
    let text = '\r\n';
    let inRow = 0;
    let gap = 0;
    for (const word of words) {
      if (word === '' || inRow === perRow) {
        text += '\r\n';
        inRow = gap = 0;
      }
      if (word === '') {
        text += '\r\n';
        continue;
      }
      text += ' '.repeat(gap) + word;
      gap = width - getStringWidth(word);
      inRow++;
    }
    return inRow === 0 ? text : `${text}\r\n\r\n`;
  }

  // Where the terminal's cursor stands after `text`, from the beginning of the prompt.
  #positionAfter(text) {
    const { columns, tabSize } = this.#rl;
    let rows = 0;
    let at = 0;
    for (const char of stripVTControlCharacters(text)) {
      if (char === '\n') {
        rows += Math.ceil(at / columns) || 1;
        at = 0;
      } else if (char === '\t') {
        at += tabSize - (at % tabSize);
      } else {
        const width = getStringWidth(char, false);
        if (width === 2 && (at + 1) % columns === 0) at++; // A wide character does not hang over the edge.
        at += width;
      }
    }
    const cols = at % columns;
    return { cols, rows: rows + (at - cols) / columns };
  }

  cursorPosition() { return this.#positionAfter(this.#rl._prompt + this.#rl.line.slice(0, this.#rl.cursor)); }

  /** Draws prompt and line anew, from the row on which the prompt begins. */
  refresh() {
    const rl = this.#rl;
    const text = rl._prompt + rl.line;
    const end = this.#positionAfter(text);
    const cursor = this.cursorPosition();
    const { output } = rl;
    if (this.#rowsAbove > 0) output?.write(`\x1b[${this.#rowsAbove}A`);
    output?.write('\x1b[1G');
    output?.write('\x1b[0J');
    rl._writeToOutput(text);
    if (end.cols === 0) rl._writeToOutput(' '); // The terminal goes to the next row with the next character.
    output?.write(`\x1b[${cursor.cols + 1}G`);
    if (end.rows > cursor.rows) output?.write(`\x1b[${end.rows - cursor.rows}A`);
    this.#rowsAbove = cursor.rows;
  }
}
