// node:repl: names only, so that programs that import it in passing can be packed.
import { notSupportedAll, notSupportedClass } from '../internal/not_supported.js';
import readline from './readline.js';

class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

export default {
  ...notSupportedAll('node:repl', 'isValidSyntax start writer'),
  REPLServer: notSupportedClass('node:repl', 'REPLServer', readline.Interface),
  REPL_MODE_SLOPPY: Symbol('repl-sloppy'),
  REPL_MODE_STRICT: Symbol('repl-strict'),
  Recoverable,
};
