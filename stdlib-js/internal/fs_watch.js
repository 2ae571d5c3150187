// fs.watch and fs.watchFile. Evaluated at the first use.
import { Watcher } from 'internal:fs_watch';
import { EventEmitter } from './event_emitter.js';
import { AbortError } from './errors.js';
import { encodeName, toOptions, toPath } from './fs_arguments.js';
import { findOnly } from './fs_assets.js';
import { fsError } from './fs_errors.js';
import { lstatSync, readdirSync, statSync } from './fs_sync.js';
import { Stats, BigIntStats } from './fs_stats.js';
import { validateAbortSignal, validateFunction, validateUint32 } from './validators.js';

/** Emits 'change' (kind, name) and 'close'. A recursive one watches each folder, new ones too. */
export class FSWatcher extends EventEmitter {
  #native = new Map();
  #options;
  #closed = false;
  constructor(path, options) {
    super();
    this.#options = options;
    this.#watch(path, '');
    if (options.recursive && statSync(path).isDirectory()) this.#watchBelow(path, '');
    if (!options.persistent) this.unref();
  }
  #watch(path, prefix) {
    if (findOnly(path) !== undefined) return; // What is embedded never changes.
    const watcher = new Watcher((status, kind, name) => {
      if (this.#closed) return;
      if (status < 0) {
        const error = fsError(status, 'watch', path);
        error.filename = name;
        this.close();
        this.emit('error', error);
        return;
      }
      const relative = name === undefined ? name : prefix + name;
      if (this.#options.recursive && kind === 'rename' && name !== undefined) this.#follow(`${path}/${name}`, relative);
      this.emit('change', kind, relative === undefined ? null : encodeName(relative, this.#options.encoding));
    });
    const rc = watcher.start(path);
    if (rc < 0) {
      const error = fsError(rc, 'watch', path);
      error.filename = path;
      throw error;
    }
    this.#native.set(path, watcher);
  }
  #watchBelow(path, prefix) {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      this.#watch(`${path}/${entry.name}`, `${prefix}${entry.name}/`);
      this.#watchBelow(`${path}/${entry.name}`, `${prefix}${entry.name}/`);
    }
  }
  #follow(path, relative) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      if (this.#native.has(path)) return;
      this.#watch(path, `${relative}/`);
      this.#watchBelow(path, `${relative}/`);
    } else {
      this.#native.get(path)?.close();
      this.#native.delete(path);
    }
  }
  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const watcher of this.#native.values()) watcher.close();
    this.#native.clear();
    process.nextTick(() => this.emit('close'));
  }
  ref() {
    for (const watcher of this.#native.values()) watcher.setRef(true);
    return this;
  }
  unref() {
    for (const watcher of this.#native.values()) watcher.setRef(false);
    return this;
  }
}

/** listener(kind, name) at each change of a file or folder. */
export function watch(path, options, listener) {
  if (typeof options === 'function') [options, listener] = [undefined, options];
  options = toOptions(options, { persistent: true, recursive: false, encoding: 'utf8' });
  const { signal } = options;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (listener !== undefined) validateFunction(listener, 'listener');
  const watcher = new FSWatcher(toPath(path, 'filename'), options);
  if (listener) watcher.on('change', listener);
  if (signal?.aborted) process.nextTick(() => watcher.close());
  else signal?.addEventListener('abort', () => watcher.close(), { once: true });
  return watcher;
}

/** fs.promises.watch: {eventType, filename} until the signal is aborted. */
export async function* watchIterator(path, options = {}) {
  const { signal } = options;
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  const queue = [];
  let wake = () => {};
  let failure;
  const watcher = new FSWatcher(toPath(path, 'filename'), { persistent: true, recursive: false, encoding: 'utf8', ...options });
  const abort = () => {
    failure = new AbortError(undefined, { cause: signal.reason });
    wake();
  };
  watcher.on('change', (eventType, filename) => {
    queue.push({ eventType, filename });
    wake();
  });
  watcher.on('error', (error) => {
    failure = error;
    wake();
  });
  signal?.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      while (queue.length > 0) yield queue.shift();
      if (failure) throw failure;
      await new Promise((resolve) => { wake = resolve; });
    }
  } finally {
    signal?.removeEventListener('abort', abort);
    watcher.close();
  }
}

const polled = new Map();

function look(path, bigint) {
  return statSync(path, { throwIfNoEntry: false, bigint }) ??
    (bigint ? new BigIntStats(new Array(18).fill(0)) : new Stats(new Array(18).fill(0)));
}

/** Looks at one file again and again; listeners get (current, previous) Stats. */
class StatWatcher extends EventEmitter {
  constructor(path, { interval, persistent, bigint }) {
    super();
    let previous = look(path, bigint);
    if (previous.nlink == 0) process.nextTick(() => this.emit('change', previous, previous));
    this.timer = setInterval(() => {
      const current = look(path, bigint);
      const same = current.mtimeMs === previous.mtimeMs && current.size === previous.size && current.ino === previous.ino &&
        current.ctimeMs === previous.ctimeMs && current.mode === previous.mode && current.nlink === previous.nlink;
      if (same) return;
      const before = previous;
      previous = current;
      this.emit('change', current, before);
    }, interval);
    if (!persistent) this.timer.unref();
  }
  stop() {
    clearInterval(this.timer);
    process.nextTick(() => this.emit('stop'));
  }
  ref() {
    this.timer.ref();
    return this;
  }
  unref() {
    this.timer.unref();
    return this;
  }
}

export function watchFile(path, options, listener) {
  path = require('../node_old/path.js').default.resolve(toPath(path, 'filename'));
  if (options === null || typeof options !== 'object') [options, listener] = [{}, options];
  options = { interval: 5007, persistent: true, ...options };
  validateFunction(listener, 'listener');
  validateUint32(options.interval, 'interval');
  let watcher = polled.get(path);
  if (watcher === undefined) polled.set(path, watcher = new StatWatcher(path, options));
  watcher.on('change', listener);
  return watcher;
}

export function unwatchFile(path, listener) {
  path = require('../node_old/path.js').default.resolve(toPath(path, 'filename'));
  const watcher = polled.get(path);
  if (watcher === undefined) return;
  if (listener === undefined) watcher.removeAllListeners('change');
  else watcher.removeListener('change', listener);
  if (watcher.listenerCount('change') > 0) return;
  watcher.stop();
  polled.delete(path);
}
