// node:tty.
import { isTty } from 'internal:stdio';
import { makeError } from '../internal/errors.js';
import { lookup } from '../internal/registry.js';
import { checkTerminal, SyncWriter } from '../internal/stdio.js';

/** True when `fd` is a terminal. */
function isatty(fd) { return Number.isInteger(fd) && fd >= 0 && fd <= 2147483647 && isTty(fd); }

/** A terminal's output. process.stdout, which is made before it is known to be one, is an instance too. */
class WriteStream extends SyncWriter {
  constructor(fd) {
    checkTerminal(fd);
    super(fd);
  }
  static [Symbol.hasInstance](value) {
    if (this === WriteStream) return value instanceof SyncWriter && value.isTTY === true;
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

export default {
  isatty,
  WriteStream,
  get ReadStream() {
    const ReadStream = lookup('dv8:tty_read_stream');
    if (ReadStream === undefined) {
      throw makeError(Error, 'ERR_UNKNOWN_BUILTIN_MODULE',
                      'No such built-in module: dv8:tty_read_stream (tty.ReadStream was not packed: no packed file names it)');
    }
    return ReadStream;
  },
};
