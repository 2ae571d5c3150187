// One line of input at a terminal in raw mode: keys, history, completion. It draws on one row and
// scrolls sideways when the line is longer.
import { getStringWidth } from './string_width.js';

const PASTE = /^[^\x00-\x1f\x7f]+/;

export class LineEditor {
  #out;
  #complete;
  #prompt = '';
  #text = '';
  #at = 0;
  #place = 0; // In the history; its length is the line itself.
  #draft = '';
  #done;
  #pending = '';
  #ended = false;

  /**
   * @param {object} out - a terminal: write(text), columns.
   * @param {string[]} history - oldest first; lines are added.
   * @param {function} complete - (text before the cursor) → [what fits, the part that it replaces].
   */
  constructor(out, history, complete) {
    this.#out = out;
    this.history = history;
    this.#complete = complete;
  }

  /** Asks for a line; gives a promise of {text}, {interrupted: true} at Ctrl-C, or {end: true} at Ctrl-D. */
  read(prompt) {
    this.#prompt = prompt;
    this.#text = '';
    this.#at = 0;
    this.#place = this.history.length;
    this.#draw();
    return new Promise((resolve) => {
      this.#done = resolve;
      if (this.#ended) {
        this.#finish({ end: true });
        return;
      }
      const keys = this.#pending;
      this.#pending = '';
      if (keys !== '') this.feed(keys);
    });
  }

  /** What the terminal sent. What comes while nobody reads waits, but for Ctrl-C: `onInterrupt` is called. */
  feed(keys) {
    let left = keys;
    while (left !== '') {
      if (this.#done === undefined) {
        const interrupt = left.lastIndexOf('\x03');
        if (interrupt !== -1) {
          this.#pending = '';
          left = left.slice(interrupt + 1);
          this.onInterrupt?.();
          continue;
        }
        this.#pending += left;
        return;
      }
      const key = /^\x1b(?:\[[\d;]*[A-Za-z~]|O[A-Z]|.)?/s.exec(left)?.[0] ?? PASTE.exec(left)?.[0] ?? left[0];
      left = left.slice(key.length);
      this.#key(key);
    }
  }

  /** The terminal is gone, or Ctrl-D came while it was not in raw mode. */
  end() {
    this.#ended = true;
    if (this.#done !== undefined) this.#finish({ end: true });
  }

  #finish(result) {
    const done = this.#done;
    this.#done = undefined;
    this.#at = this.#text.length;
    this.#draw();
    this.#out.write('\r\n');
    if (result.text !== undefined && result.text.trim() !== '' && this.history.at(-1) !== result.text) this.history.push(result.text);
    done(result);
  }

  #key(key) {
    switch (key) {
      case '\r': case '\n': return this.#finish({ text: this.#text });
      case '\x03': return this.#finish({ interrupted: true });
      // Ctrl-D typed while the terminal made lines comes as a zero once it is raw.
      case '\0': case '\x04': return this.#text === '' ? this.#finish({ end: true }) : this.#remove(this.#at, this.#next());
      case '\x7f': case '\b': return this.#remove(this.#previous(), this.#at);
      case '\x1b[3~': return this.#remove(this.#at, this.#next());
      case '\x1b[D': case '\x1bOD': case '\x02': return this.#move(this.#previous());
      case '\x1b[C': case '\x1bOC': case '\x06': return this.#move(this.#next());
      case '\x1b[H': case '\x1bOH': case '\x1b[1~': case '\x01': return this.#move(0);
      case '\x1b[F': case '\x1bOF': case '\x1b[4~': case '\x05': return this.#move(this.#text.length);
      case '\x1b[1;5D': case '\x1bb': return this.#move(this.#wordStart());
      case '\x1b[1;5C': case '\x1bf': return this.#move(this.#at + (/^\W*\w*/.exec(this.#text.slice(this.#at))[0].length));
      case '\x0b': return this.#remove(this.#at, this.#text.length);
      case '\x15': return this.#remove(0, this.#at);
      case '\x17': return this.#remove(this.#wordStart(), this.#at);
      case '\x0c': this.#out.write('\x1b[H\x1b[2J'); return this.#draw();
      case '\x1b[A': case '\x1bOA': case '\x10': return this.#recall(this.#place - 1);
      case '\x1b[B': case '\x1bOB': case '\x0e': return this.#recall(this.#place + 1);
      case '\t': return this.#tab();
      default: if (PASTE.test(key)) this.#insert(key);
    }
  }

  #insert(text) {
    this.#text = this.#text.slice(0, this.#at) + text + this.#text.slice(this.#at);
    this.#move(this.#at + text.length);
  }

  #remove(from, to) {
    this.#text = this.#text.slice(0, from) + this.#text.slice(to);
    this.#move(from);
  }

  #move(at) {
    this.#at = at;
    this.#draw();
  }

  #previous() { return this.#at - (/(?:[\ud800-\udbff][\udc00-\udfff]|.)?$/s.exec(this.#text.slice(0, this.#at))[0].length); }

  #next() { return this.#at + (/^(?:[\ud800-\udbff][\udc00-\udfff]|.)?/s.exec(this.#text.slice(this.#at))[0].length); }

  #wordStart() { return this.#at - (/\w*\W*$/.exec(this.#text.slice(0, this.#at))[0].length); }

  #recall(place) {
    if (place < 0 || place > this.history.length) return;
    if (this.#place === this.history.length) this.#draft = this.#text;
    this.#place = place;
    this.#text = place === this.history.length ? this.#draft : this.history[place];
    this.#move(this.#text.length);
  }

  #tab() {
    const [found, part] = this.#complete(this.#text.slice(0, this.#at));
    if (found.length === 0) return;
    let common = found[0];
    for (const word of found) while (!word.startsWith(common)) common = common.slice(0, -1);
    if (common.length > part.length) {
      this.#insert(common.slice(part.length));
    } else if (found.length > 1) {
      const width = Math.max(...found.map((word) => word.length)) + 2;
      const columns = Math.max(1, Math.floor((this.#out.columns || 80) / width));
      let rows = '\r\n';
      found.forEach((word, i) => { rows += (i + 1) % columns === 0 || i === found.length - 1 ? `${word}\r\n` : word.padEnd(width); });
      this.#out.write(rows);
      this.#draw();
    }
  }

  #draw() {
    const room = Math.max(8, (this.#out.columns || 80) - getStringWidth(this.#prompt) - 1);
    let start = 0;
    while (getStringWidth(this.#text.slice(start, this.#at)) > room) start++;
    let shown = this.#text.slice(start);
    while (getStringWidth(shown) > room) shown = shown.slice(0, -1);
    const column = getStringWidth(this.#prompt) + getStringWidth(this.#text.slice(start, this.#at));
    this.#out.write(`\r\x1b[K${this.#prompt}${shown}\r${column > 0 ? `\x1b[${column}C` : ''}`);
  }
}
