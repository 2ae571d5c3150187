// Errors in util.inspect: the stack, with what the class, the cause and own properties add.
import * as native from 'internal:util';
import { getPrefix } from './inspect.js';

function stackText(ctx, error, formatValue) {
  let stack;
  try {
    ({ stack } = error);
  } catch {
    // A getter that throws: the name and message are shown.
  }
  if (!stack) return Error.prototype.toString.call(error);
  if (typeof stack === 'string') return stack;
  ctx.seen.push(error);
  ctx.indentationLvl += 4;
  const text = formatValue(ctx, stack, 0);
  ctx.indentationLvl -= 4;
  ctx.seen.pop();
  return `${Error.prototype.toString.call(error)}\n    ${text}`;
}

// The class's name goes before the message when the stack does not show it.
function improveStack(stack, constructor, name, tag) {
  let length = name.length;
  if (constructor === null ||
      (name.endsWith('Error') && stack.startsWith(name) &&
       (stack.length === length || stack[length] === ':' || stack[length] === '\n'))) {
    let fallback = 'Error';
    if (constructor === null) {
      const start = /^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/.exec(stack) ?? /^([a-z_A-Z0-9-]*Error)$/.exec(stack);
      fallback = start?.[1] || '';
      length = fallback.length;
      fallback ||= 'Error';
    }
    const prefix = getPrefix(constructor, tag, fallback).slice(0, -1);
    if (name !== prefix) {
      if (prefix.includes(name)) stack = length === 0 ? `${prefix}: ${stack}` : `${prefix}${stack.slice(length)}`;
      else stack = `${prefix} [${name}]${stack.slice(length)}`;
    }
  }
  return stack;
}

// [length, offset] of the first run of more than three frames that both have.
function commonFrames(a, b) {
  for (let i = 0; i < a.length - 3; i++) {
    const position = b.indexOf(a[i]);
    if (position === -1) continue;
    const rest = b.length - position;
    if (rest <= 3) continue;
    let length = 1;
    const max = Math.min(a.length - i, rest);
    while (max > length && a[i + length] === b[position + length]) length++;
    if (length > 3) return [length, i];
  }
  return [0, 0];
}

function frames(ctx, error, text, formatValue) {
  const lines = text.split('\n');
  let cause;
  try {
    ({ cause } = error);
  } catch {
    // As above.
  }
  if (cause != null && (native.isNativeError(cause) || cause instanceof Error)) {
    const causeStack = stackText(ctx, cause, formatValue);
    const start = causeStack.indexOf('\n    at');
    if (start !== -1) {
      const [length, offset] = commonFrames(lines, causeStack.slice(start + 1).split('\n'));
      if (length > 0) {
        lines.splice(offset + 1, length - 2,
                     ctx.stylize(`    ... ${length - 2} lines matching cause stack trace ...`, 'undefined'));
      }
    }
  }
  return lines;
}

/** The text of an error; takes out of `keys` what the text already shows. */
export function formatError(ctx, error, constructor, tag, keys, formatValue) {
  let stack;
  try {
    stack = stackText(ctx, error, formatValue);
  } catch {
    return Object.prototype.toString.call(error);
  }
  const read = (key) => {
    try {
      return error[key];
    } catch {
      return undefined;
    }
  };
  const message = read('message');
  const name = read('name') ?? 'Error';
  if (!ctx.showHidden && keys.length !== 0) {
    for (const [key, value] of [['stack', stack], ['message', message], ['name', name]]) {
      const index = keys.indexOf(key);
      if (index !== -1 && (key === 'stack' || typeof value !== 'string' || stack.includes(value))) keys.splice(index, 1);
    }
  }
  if (Object.hasOwn(error, 'cause') && !keys.includes('cause')) keys.push('cause');
  if (Array.isArray(read('errors')) && Object.hasOwn(error, 'errors') && !keys.includes('errors')) keys.push('errors');
  stack = improveStack(stack, constructor, String(name), tag);
  let position = (message && stack.indexOf(message)) || -1;
  if (position !== -1) position += message.length;
  const start = stack.indexOf('\n    at', position);
  if (start === -1) {
    stack = `[${stack}]`;
  } else {
    const lines = frames(ctx, error, stack.slice(start + 1), formatValue);
    stack = `${stack.slice(0, start)}\n${lines.join('\n')}`;
  }
  return ctx.indentationLvl === 0 ? stack : stack.replaceAll('\n', `\n${' '.repeat(ctx.indentationLvl)}`);
}
