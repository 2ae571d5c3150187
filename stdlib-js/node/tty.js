// node:tty.
import { isTty } from 'internal:stdio';
import { SyncWriter } from '../internal/stdio.js';

/** True when `fd` is a terminal. */
function isatty(fd) { return Number.isInteger(fd) && fd >= 0 && fd <= 2147483647 && isTty(fd); }

export default { isatty, WriteStream: SyncWriter, get ReadStream() { return process.stdin.constructor; } };
