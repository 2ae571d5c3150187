// The JavaScript API: the command, its --json and errors as objects.
'use strict';

const { spawn } = require('node:child_process');
const { findBinary } = require('./binary.js');
const options = require('./options.json');
const { version } = require('../package.json');

class PackError extends Error {
  constructor({ message, file, line, column, hint }, exitCode, log) {
    const place = [file, ...(line > 0 ? [line, column] : [])].join(':');
    super((place && `${place}: `) + message + (hint && ` (${hint})`));
    this.name = 'PackError';
    Object.assign(this, { text: message, file, line, column, hint, exitCode, log });
  }
}

/** The words of the command line that say `--option value`. */
function words(name, value) {
  if (!Object.hasOwn(options, name)) throw new TypeError(`dv8pack has no option '${name}'`);
  const { option, separator } = options[name];
  if (value === undefined) return [];
  if (value === true) return [option];
  if (Array.isArray(value)) return separator ? [`${option}=${value.join(separator)}`] : value.map((item) => `${option}=${item}`);
  if (value !== null && typeof value === 'object') return Object.entries(value).map(([key, item]) => `${option}=${key}=${item}`);
  return [`${option}=${value}`];
}

/** Runs the command; its JSON and what it wrote on standard error. */
function run(args, { cwd, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(findBinary(), args, { cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { log += text; });
    child.on('error', reject);
    child.on('close', (code, killed) => {
      let told;
      try {
        told = JSON.parse(out);
      } catch {
        const message = killed ? `dv8pack was ended by ${killed}` : `dv8pack ended with ${code} and no result`;
        told = { error: { message, file: '', line: 0, column: 0, hint: '' } };
      }
      if (told.error) reject(new PackError(told.error, code, log));
      else resolve({ ...told, log });
    });
  });
}

async function call(command, { entry, cwd, signal, ...rest }) {
  const entries = [entry].flat();
  if (entries.length === 0 || entries.some((one) => typeof one !== 'string' || one === '')) {
    throw new TypeError("'entry' is the path of a file or a folder");
  }
  const given = Object.entries(rest).flatMap(([name, value]) => words(name, value));
  return run([...command, '--json', ...given, '--', ...entries], { cwd, signal });
}

exports.pack = (settings) => call([], settings);
exports.image = (settings) => call(['image'], settings);
exports.vm = (settings) => call(['vm'], settings);
exports.inspect = (file, { cwd, signal } = {}) => run(['inspect', '--json', '--', file], { cwd, signal });
exports.PackError = PackError;
exports.version = version;
