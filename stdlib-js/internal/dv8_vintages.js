// What tells the vintages of dv8 apart: v0.0.2 to v0.0.4, v0.0.5, and v0.0.6 to v0.0.9. They live side by
// side; a call's arguments say which one is meant. Where they do not, `dv8pack --dv8` decides, and by
// default it is the newest.
import { manifest } from 'internal:payload';

/** The vintage that the program was packed for: "0.0.4", "0.0.5" or "0.0.6". */
export function vintage() { return manifest('dv8') ?? '0.0.6'; }

/**
 * Whether `module` is a function in a file whose text is `text`. Until v0.0.5 it always was; later files
 * that call it coexist with those that look for an object, as UMD packages do.
 */
export function callsModule(text) {
  if (vintage() < '0.0.6') return true;
  return /(?<![\w$.])module\s*\(\s*["'`]\w+["'`]/.test(text);
}

/** Whether a file whose text is `text` asks for dv8's modules by library(). */
export function callsLibrary(text) { return /(?<![\w$.])library\s*\(\s*["'`]\w+["'`]/.test(text); }

/** What the callbacks of `new TTY(fd, …)` are: those of v0.0.4, in the order of its constructor. */
export function ttyCallbacks(fd) { return fd === 0 ? ['onRead', 'onEnd', 'onClose'] : ['onClose', 'onDrain', 'onError']; }

/** memoryUsage() of v0.0.4 fills an array of 4. */
export const OLD_MEMORY = 4;

/** Whether `setNoDelay(fd, on)` and the like, of v0.0.4 and v0.0.5, were meant, and not `setNoDelay(on)`. */
export function namesDescriptor(args, own) { return args.length > own; }

/**
 * Whether a Socket's connections are numbers, as in v0.0.4, where one Socket has all of them: one that
 * listens was given a connection by setup(), a callback is one of onData's with a number in front, or
 * a call has three arguments where later ones have two.
 */
export function speaksNumbers({ listens = false, onData = undefined, args = 0 }) {
  return listens || args > 2 || (onData !== undefined && onData.length !== 1) || vintage() === '0.0.4';
}

/** Whether spawn()'s onComplete takes (error, status), as dv8:thread's own, or one object, as v0.0.6's process.spawn(). */
export function takesErrorAndStatus(onComplete) { return onComplete.length > 1; }
