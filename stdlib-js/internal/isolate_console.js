// Runtime.JS's terminal and console: texts with colours, and lines of input.
import { decode } from 'internal:buffer';
import { readStdin } from 'internal:dv8_isolate';
import { isTty, write } from 'internal:stdio';

const UTF8 = 0;
const STDOUT = 1;
const STDERR = 2;
const COLORS = ['black', 'blue', 'green', 'cyan', 'red', 'magenta', 'brown', 'lightgray'];
const LIGHT_COLORS = ['darkgray', 'lightblue', 'lightgreen', 'lightcyan', 'lightred', 'lightmagenta', 'yellow', 'white'];
const ANSI = [0, 4, 2, 6, 1, 5, 3, 7]; // Of the colours above.

// The number of a colour for ECMA-48's SGR, where `base` is 30 for the text and 40 for what is behind it.
function sgr(color, base) {
  const dark = COLORS.indexOf(color);
  if (dark >= 0) return [base + ANSI[dark]];
  const light = LIGHT_COLORS.indexOf(color);
  return light >= 0 ? [base + 60 + ANSI[light]] : [];
}

function print(fd, text, options) {
  const { fg, bg, repeat = 1 } = Object(options);
  const string = `${text}`.repeat(repeat >>> 0);
  const codes = isTty(fd) ? [...sgr(fg, 30), ...sgr(bg, 40)] : [];
  write(fd, codes.length === 0 ? string : `\x1b[${codes.join(';')}m${string}\x1b[0m`);
}

export function stdout(text, options) { print(STDOUT, text, options); }

export function stderr(text, options) { print(STDERR, text, { fg: 'lightred', ...Object(options) }); }

const END_OF_LINE = 10;
let input = new Uint8Array(0);
let reading = false;
let ended = false;
const listeners = []; // Each is for one line.

function give() {
  while (listeners.length > 0) {
    const end = input.indexOf(END_OF_LINE);
    if (end < 0 && (!ended || input.length === 0)) break;
    const size = end < 0 ? input.length : end;
    const text = decode(input, 0, size, UTF8);
    input = input.subarray(size + 1);
    listeners.shift()({ text });
  }
}

function read() {
  if (reading || ended || listeners.length === 0) return;
  reading = true;
  readStdin((buffer) => {
    reading = false;
    if (buffer === undefined) {
      ended = true;
    } else {
      const joined = new Uint8Array(input.length + buffer.byteLength);
      joined.set(input);
      joined.set(new Uint8Array(buffer), input.length);
      input = joined;
    }
    try {
      give();
    } finally {
      read();
    }
  });
}

/** Gives `onData` the next line, {text}. */
export function stdin(options) {
  const { onData } = Object(options);
  if (typeof onData !== 'function') return;
  listeners.push(onData);
  queueMicrotask(give);
  read();
}

/** A console that prints by the isolate's environment, and on the log where that has no such function. */
export function makeConsole(isolate) {
  const times = new Map();
  function printer(name) {
    return (...values) => {
      const text = values.join(' ');
      if (typeof isolate.env?.[name] === 'function') isolate.env[name](`${text}\n`);
      else isolate.log(text);
    };
  }
  const log = printer('stdout');
  return {
    log,
    error: printer('stderr'),
    time(label) { times.set(`${label}`, Date.now()); },
    timeEnd(label) {
      const start = times.get(`${label}`);
      if (start === undefined) return;
      times.delete(`${label}`);
      log(`${label}: ${Date.now() - start}ms`);
    },
  };
}
