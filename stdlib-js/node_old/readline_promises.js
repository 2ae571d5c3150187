// node:readline/promises.
import { clearLine, clearScreenDown, cursorTo, moveCursor, PromiseInterface } from '../internal/readline.js';
import { validateBoolean, validateInteger } from '../internal/validators.js';

// Movements are collected, and written by commit() or at once.
class Readline {
  #stream;
  #auto;
  #todo = [];

  constructor(stream, { autoCommit = false } = {}) {
    validateBoolean(autoCommit, 'options.autoCommit');
    this.#stream = stream;
    this.#auto = autoCommit;
  }

  #add(run) {
    if (this.#auto) process.nextTick(() => run(this.#stream));
    else this.#todo.push(run);
    return this;
  }

  clearLine(direction) {
    validateInteger(direction, 'dir', -1, 1);
    return this.#add((stream) => clearLine(stream, direction));
  }

  clearScreenDown() { return this.#add((stream) => clearScreenDown(stream)); }
  cursorTo(x, y) { return this.#add((stream) => cursorTo(stream, x, y)); }
  moveCursor(dx, dy) { return this.#add((stream) => moveCursor(stream, dx, dy)); }
  commit() {
    for (const run of this.#todo.splice(0)) run(this.#stream);
    return Promise.resolve();
  }

  rollback() {
    this.#todo = [];
    return this;
  }
}

export default {
  Interface: PromiseInterface,
  Readline,
  createInterface: (...args) => new PromiseInterface(...args),
};
