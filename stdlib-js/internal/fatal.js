// The last words of a program that an error ends.
import { text as moduleText } from 'internal:program';
import { inspect } from './inspect.js';
import { lookup } from './registry.js';
import { moduleSourceMap, sourceLine } from './source_map.js';

// A line of a module of the program, by its number from 1.
function moduleLine(source, line) {
  const text = sourceLine(source, line);
  if (text !== undefined || moduleSourceMap(source) !== undefined) return text;
  return moduleText(source)?.split(/\r\n|\n|\r/, line)[line - 1];
}

// The place of the first frame that has one, and the line of source there.
function sourceContext(stack) {
  const match = /\n {4}at (?:.*\()?(.+?):(\d+):(\d+)\)?(?:\n|$)/.exec(stack);
  if (match === null) return '';
  const [, source, line, column] = match;
  const text = lookup('dv8:core')?.sourceLine(source, Number(line)) ?? moduleLine(source, Number(line));
  if (text === undefined) return '';
  // `throw` is where the error left, and what Node points at.
  const thrown = /\bthrow\s+$/.exec(text.slice(0, Number(column) - 1));
  const caret = thrown !== null ? thrown.index : Number(column) - 1;
  return `${source}:${line}\n${text}\n${text.slice(0, caret).replace(/[^\t]/g, ' ')}^\n\n`;
}

/** The hook formatUncaught. */
export function formatUncaught(error) {
  const isError = error !== null && typeof error === 'object' && typeof error.stack === 'string';
  if (!isError) return `Uncaught ${inspect(error)}\n`;
  return `${sourceContext(error.stack)}${inspect(error, { customInspect: false })}\n`;
}

/** The error Node makes of a rejection with something that is no Error. */
export function rejectionError(reason) {
  const error = new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting ' +
    `a promise which was not handled with .catch(). The promise rejected with the reason "${inspect(reason)}".`);
  error.name = 'UnhandledPromiseRejection';
  error.code = 'ERR_UNHANDLED_REJECTION';
  return error;
}

/** Printed when the process ends while the app's top level still waits. */
export function unsettledAwait(entry) {
  return `Warning: Detected unsettled top-level await at ${entry}\n`;
}
