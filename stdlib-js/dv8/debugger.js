/**
 * @module dv8:debugger — V8's inspector for clients of Chrome DevTools' protocol (chrome://inspect, VS Code).
 * `dv8pack run --inspect app.js` and `dv8pack --inspect` open it before the program's first line; a program that
 * was packed with neither and does not import this module never listens. Breakpoints and positions are those of
 * the original files: clients get the source map that was packed.
 *
 * @example
 * import { close, open, url } from 'dv8:debugger';
 * open(0);
 * console.log(url().startsWith('ws://127.0.0.1:')); //> true
 * close();
 * console.log(url()); //> undefined
 */
import * as native from 'internal:dv8_debugger';
import { errorText } from 'internal:dv8_stream';
import { manifest } from 'internal:payload';
import { compileProgram } from '../internal/app.js';
import { entryPath } from '../internal/process_state.js';
import { SyncWriter } from '../internal/stdio.js';
import { onRestore } from '../internal/restore.js';

/**
 * Listens for clients and says where on standard error.
 * @param {number} [port=9229] - 0 takes a free one.
 * @param {string} [host="127.0.0.1"] - an address of this machine. Who reaches it can run code in this program.
 * @param {boolean} [wait=false] - returns when a client has said Runtime.runIfWaitingForDebugger.
 * @throws {RangeError} when the port is none.
 * @throws {Error} with code and errno: EADDRINUSE, EACCES, EINVAL when the host is no address, EALREADY when
 *   it listens already.
 */
export function open(port = 9229, host = '127.0.0.1', wait = false) {
  if (!(Number.isInteger(port) && port >= 0 && port <= 65535)) throw new RangeError(`open: port ${port} is not a whole number from 0 to 65535`);
  if (typeof host !== 'string') throw new TypeError('open: the host must be a string');
  const rc = native.open(port, host, entryPath());
  if (rc < 0) {
    const message = errorText(rc);
    throw Object.assign(new Error(`${message}, listen ${host}:${port}`), { code: message.slice(0, message.indexOf(':')), errno: rc, syscall: 'listen', address: host, port });
  }
  new SyncWriter(2).printQuietly(`Debugger listening on ${native.url()}\n`);
  if (wait) native.wait(false);
}

/** Ends every client's session and listens no more. */
export function close() { native.close(); }

/** @returns {string|undefined} where it listens, "ws://127.0.0.1:9229/…"; undefined when it does not. */
export function url() { return native.url(); }

function openAsPacked(place, breaks) {
  const colon = place.lastIndexOf(':');
  try {
    open(Number(place.slice(colon + 1)), place.slice(0, colon).replace(/^\[(.*)\]$/, '$1'));
  } catch (error) {
    new SyncWriter(2).printQuietly(`Debugger not listening: ${error.message}\n`);
    return;
  }
  if (breaks) native.wait(true);
}

onRestore(() => {
  native.attach();
  if (manifest('mode') !== 'app') compileProgram();
  const waits = manifest('inspect-brk');
  const place = waits ?? manifest('inspect');
  if (place !== undefined) openAsPacked(place, waits !== undefined);
});

export default { open, close, url };
