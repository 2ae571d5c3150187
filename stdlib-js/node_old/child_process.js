// node:child_process. A packed program is one executable, so that fork() has no module to run.
import * as native from 'internal:child_process';
import { Buffer } from './buffer.js';
import EventEmitter from './events.js';
import { nativeArguments, normalize, normalizeStdio, signalName, toSignal } from '../internal/child_options.js';
import { AbortError, ERR_CHILD_PROCESS_STDIO_MAXBUFFER, ERR_INVALID_ARG_TYPE, errnoException } from '../internal/errors.js';
import { notSupported } from '../internal/not_supported.js';
import { getSystemErrorName } from '../internal/uv_errors.js';
import { validateFunction, validateString } from '../internal/validators.js';

const maxBufferDefault = 1024 * 1024;
const customPromisify = Symbol.for('nodejs.util.promisify.custom');

// Failures to start a child that are events; others are thrown.
const laterErrors = new Set(['EACCES', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOENT']);

/** A running or ended child. Emits 'spawn' or 'error', then 'exit', and 'close' when its pipes are done. */
class ChildProcess extends EventEmitter {
  #handle;
  #open = 1;
  constructor() {
    super();
    this.connected = false;
    this.signalCode = null;
    this.exitCode = null;
    this.killed = false;
    this.spawnfile = null;
    this.pid = undefined;
    this.stdin = this.stdout = this.stderr = null;
    this.stdio = [];
  }
  spawn(options) {
    const { bothWays, makePipe, onlyReadable, onlyWritable } = require('../internal/child_streams.js');
    const stdio = normalizeStdio(options.stdio);
    this.spawnfile = options.file;
    this.spawnargs = options.args;
    this.#handle = new native.Process((code, signal) => this.#exited(code, signal));
    const pipes = stdio.map((item) => (item === 'pipe' ? makePipe() : null));
    const rc = this.#handle.spawn(
      ...nativeArguments(options), stdio.map((item, i) => (item === 'pipe' ? pipes[i].handle : item === 'ignore' ? -1 : item)));
    const failed = rc < 0;
    if (failed && !laterErrors.has(getSystemErrorName(rc))) {
      for (const entry of pipes) entry?.pipe.destroy();
      throw errnoException(rc, 'spawn');
    }
    if (!failed) this.pid = rc;
    this.stdio = pipes.map((entry, i) => {
      if (entry === null) return null;
      const { pipe } = entry;
      if (failed) {
        pipe.destroy();
        return pipe;
      }
      this.#open++;
      pipe.once('close', () => this.#closed());
      if (i === 0) onlyWritable(pipe);
      else if (i < 3) onlyReadable(pipe);
      else bothWays(pipe);
      return pipe;
    });
    [this.stdin = null, this.stdout = null, this.stderr = null] = this.stdio;
    if (failed) {
      const error = errnoException(rc, `spawn ${options.file}`);
      error.path = options.file;
      error.spawnargs = options.args.slice(1);
      process.nextTick(() => {
        this.exitCode = rc;
        this.emit('error', error);
        this.#closed();
      });
      return rc;
    }
    process.nextTick(() => this.emit('spawn'));
    return 0;
  }
  #exited(code, signal) {
    if (signal !== 0) this.signalCode = signalName(signal);
    else this.exitCode = code;
    this.stdin?.destroy();
    this.emit('exit', this.exitCode, this.signalCode);
    // Output that nobody listens to is read to its end.
    process.nextTick(() => {
      for (const pipe of this.stdio) {
        if (pipe && pipe.readable && pipe.readableFlowing === null && pipe.listenerCount('readable') === 0) pipe.resume();
      }
    });
    this.#closed();
  }
  #closed() {
    if (--this.#open === 0) process.nextTick(() => this.emit('close', this.exitCode, this.signalCode));
  }
  /** True when the signal was sent. */
  kill(signal) {
    const rc = this.#handle ? this.#handle.kill(toSignal(signal)) : -3;
    if (rc === 0) {
      this.killed = true;
      return true;
    }
    if (rc === -3) return false;
    throw errnoException(rc, 'kill');
  }
  ref() { this.#handle?.setRef(true); }
  unref() { this.#handle?.setRef(false); }
  [Symbol.dispose]() { if (!this.killed) this.kill(); }
}
Object.defineProperty(ChildProcess, 'name', { value: 'ChildProcess' });

/** Kills the child when `signal` is aborted. */
function abortWith(child, signal, killSignal) {
  if (signal === undefined) return;
  const abort = () => {
    child.kill(killSignal);
    child.emit('error', new AbortError(undefined, { cause: signal.reason }));
  };
  if (signal.aborted) {
    process.nextTick(abort);
  } else {
    signal.addEventListener('abort', abort, { once: true });
    child.once('exit', () => signal.removeEventListener('abort', abort));
  }
}

/** Starts `file` with `args`. */
function spawn(file, args, options) {
  options = normalize(file, args, options);
  const child = new ChildProcess();
  child.spawn(options);
  if (options.timeout > 0) {
    const timer = setTimeout(() => child.kill(options.killSignal), options.timeout);
    child.once('exit', () => clearTimeout(timer));
  }
  abortWith(child, options.signal, options.killSignal);
  return child;
}

/** Collects a pipe's output, up to `most` bytes, in pieces that `join` turns into the result. */
function collector(pipe, encoding, most, onTooMuch) {
  const chunks = [];
  let size = 0;
  const text = encoding && encoding !== 'buffer' && Buffer.isEncoding(encoding);
  if (text) pipe?.setEncoding(encoding);
  pipe?.on('data', (chunk) => {
    const length = text ? Buffer.byteLength(chunk, encoding) : chunk.length;
    size += length;
    if (size <= most) {
      chunks.push(chunk);
    } else {
      const rest = most - (size - length);
      if (rest > 0) chunks.push(chunk.slice(0, rest));
      if (size - length <= most) onTooMuch();
    }
  });
  return () => (text ? chunks.join('') : Buffer.concat(chunks));
}

/** Starts `file` and gives its whole output: callback(error, stdout, stderr). */
function execFile(file, args, options, callback) {
  if (typeof args === 'function') [args, options, callback] = [undefined, undefined, args];
  else if (args !== null && typeof args === 'object' && !Array.isArray(args)) [args, options, callback] = [undefined, args, options];
  if (typeof options === 'function') [options, callback] = [undefined, options];
  if (callback !== undefined && callback !== null) validateFunction(callback, 'callback');
  options = { encoding: 'utf8', timeout: 0, maxBuffer: maxBufferDefault, killSignal: 'SIGTERM', shell: false, ...options };
  const { timeout, signal, ...rest } = options;
  const child = spawn(file, args ?? [], { ...rest, signal: undefined, timeout: 0, stdio: undefined });
  let problem = null;
  let timer;
  const kill = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill(options.killSignal);
  };
  const most = options.maxBuffer ?? Infinity;
  const tooMuch = (name) => () => {
    problem = new ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name);
    kill();
  };
  const stdout = collector(child.stdout, options.encoding, most, tooMuch('stdout'));
  const stderr = collector(child.stderr, options.encoding, most, tooMuch('stderr'));
  let done = false;
  const finish = (code, signalCode) => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    if (!callback) return;
    const [out, err] = [stdout(), stderr()];
    if (!problem && code === 0 && signalCode === null) {
      callback(null, out, err);
      return;
    }
    const command = child.spawnargs ? [file, ...(args ?? [])].join(' ') : file;
    if (!problem) {
      problem = new Error(`Command failed: ${command}\n${err}`);
      problem.code = code < 0 ? getSystemErrorName(code) : code;
      problem.killed = child.killed;
      problem.signal = signalCode;
    }
    problem.cmd = command;
    callback(problem, out, err);
  };
  function onAbort() {
    problem = new AbortError(undefined, { cause: signal.reason });
    child.kill(options.killSignal);
    finish(null, null);
  }
  child.on('close', finish);
  child.on('error', (error) => {
    problem = error;
    child.stdout?.destroy();
    child.stderr?.destroy();
    finish(null, null);
  });
  if (timeout > 0) timer = setTimeout(kill, timeout);
  if (signal?.aborted) process.nextTick(onAbort);
  else signal?.addEventListener('abort', onAbort, { once: true });
  return child;
}

/** execFile of a shell's command line. */
function exec(command, options, callback) {
  validateString(command, 'command');
  if (typeof options === 'function') [options, callback] = [undefined, options];
  return execFile(command, { ...options, shell: typeof options?.shell === 'string' ? options.shell : true }, callback);
}

// promisify(exec) gives {stdout, stderr}, on the error too.
for (const fn of [exec, execFile]) {
  Object.defineProperty(fn, customPromisify, {
    configurable: true,
    value(...args) {
      let child;
      const promise = new Promise((resolve, reject) => {
        child = fn(...args, (error, stdout, stderr) => {
          if (error === null) resolve({ stdout, stderr });
          else reject(Object.assign(error, { stdout, stderr }));
        });
      });
      return Object.assign(promise, { child });
    },
  });
}

function toInput(input) {
  if (input === undefined || input === null) return undefined;
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input)) return input;
  throw new ERR_INVALID_ARG_TYPE('options.stdio[0]', ['Buffer', 'TypedArray', 'DataView', 'string'], input);
}

/** Runs `file` to its end: {pid, output, stdout, stderr, status, signal, error}. */
function spawnSync(file, args, options) {
  options = { maxBuffer: maxBufferDefault, ...normalize(file, args, options) };
  const stdio = normalizeStdio(options.stdio);
  const input = toInput(options.input);
  if (input !== undefined) stdio[0] = 'pipe';
  const [pid, code, signal, errno, ...output] = native.spawnSync(
    ...nativeArguments(options), stdio.map((item) => (item === 'pipe' ? -2 : item === 'ignore' ? -1 : item)), input,
    options.timeout ?? 0, options.maxBuffer ?? Infinity, options.killNumber);
  const { encoding } = options;
  for (let i = 0; i < output.length; i++) {
    if (output[i] === null) continue;
    const buffer = Buffer.from(output[i]);
    output[i] = encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
  }
  const started = pid !== 0;
  const result = {
    pid, output: started ? output : null, stdout: started ? output[1] : null, stderr: started ? output[2] : null,
    status: started && signal === 0 ? code : null, signal: signalName(signal),
  };
  if (errno < 0) {
    result.error = errnoException(errno, `spawnSync ${options.file}`);
    result.error.path = options.file;
    result.error.spawnargs = options.args.slice(1);
    return { error: result.error, ...result };
  }
  return result;
}

/** Standard output of a successful run; the error of another has the result's properties. */
function checked(result, stdioGiven, command) {
  if (!stdioGiven && result.stderr?.length > 0) process.stderr.write(result.stderr);
  if (result.error) throw Object.assign(result.error, result);
  if (result.status !== 0) {
    let message = `Command failed: ${command}`;
    if (result.stderr?.length > 0) message += `\n${result.stderr.toString()}`;
    throw Object.assign(new Error(message), result);
  }
  return result.stdout;
}

function execFileSync(file, args, options) {
  if (args !== null && typeof args === 'object' && !Array.isArray(args)) [args, options] = [undefined, args];
  const result = spawnSync(file, args ?? [], options);
  return checked(result, options?.stdio !== undefined, [file, ...(args ?? [])].join(' '));
}

function execSync(command, options) {
  validateString(command, 'command');
  const result = spawnSync(command, [], { ...options, shell: typeof options?.shell === 'string' ? options.shell : true });
  return checked(result, options?.stdio !== undefined, command);
}

export default {
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork: notSupported('node:child_process', 'fork'),
  spawn,
  spawnSync,
};
