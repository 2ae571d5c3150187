// node:readline.
import { clearLine, clearScreenDown, cursorTo, emitKeypressEvents, Interface, moveCursor } from '../internal/readline.js';
import promises from './readline_promises.js';

Interface.prototype.question[Symbol.for('nodejs.util.promisify.custom')] = function (query, options = {}) {
  return new Promise((resolve) => { this.question(query, options, resolve); });
};

export default {
  Interface,
  createInterface: (...args) => new Interface(...args),
  clearLine, clearScreenDown, cursorTo, moveCursor, emitKeypressEvents, promises,
};
