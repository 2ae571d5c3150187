// Dir of node:fs: a directory read entry by entry. The list is taken when it is opened.
import { ERR_DIR_CLOSED } from './errors.js';

export class Dir {
  #entries;
  #at = 0;
  #closed = false;
  constructor(path, entries) {
    this.path = path;
    this.#entries = entries;
  }
  readSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    return this.#entries[this.#at++] ?? null;
  }
  read(callback) {
    if (callback === undefined) return Promise.resolve().then(() => this.readSync());
    this.read().then((entry) => callback(null, entry), callback);
  }
  closeSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    this.#closed = true;
  }
  close(callback) {
    if (callback === undefined) return Promise.resolve().then(() => this.closeSync());
    this.close().then(() => callback(null), callback);
  }
  async* entries() {
    try {
      for (let entry; (entry = this.readSync()) !== null;) yield entry;
    } finally {
      this.closeSync();
    }
  }
  [Symbol.asyncIterator]() { return this.entries(); }
  async [Symbol.asyncDispose]() { if (!this.#closed) await this.close(); }
  [Symbol.dispose]() { if (!this.#closed) this.closeSync(); }
}
