'use strict';

// In place of lib/internal/webstorage.js: localStorage and sessionStorage (https://html.spec.whatwg.org/multipage/webstorage.html)
// over node:sqlite. A file of localStorage is one of Node's: it has the same tables.

const {
  ArrayPrototypeMap,
  ObjectDefineProperties,
  ObjectDefineProperty,
  Proxy,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectOwnKeys,
  ReflectSet,
  SafeWeakMap,
  Symbol,
  TypeError,
  TypedArrayPrototypeGetByteLength,
} = primordials;
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_INVALID_THIS } } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { customInspectSymbol, emitExperimentalWarning, kEnumerableProperty, lazyDOMExceptionClass } = require('internal/util');
const { getValidatedPath } = require('internal/fs/utils');
const { DatabaseSync } = internalBinding('sqlite');

emitExperimentalWarning('Web Storage');

const kSchemaVersion = 1;
const kConstraint = 19; // SQLITE_CONSTRAINT, the lowest byte of its kinds.
const kConstructorKey = Symbol('kConstructorKey');

// Strings are blobs of UTF-16, so that lone surrogates stay; the triggers keep the sum of their sizes.
const kSchema = `
PRAGMA encoding = 'UTF-16le';
PRAGMA busy_timeout = 3000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA temp_store = memory;
CREATE TABLE IF NOT EXISTS nodejs_webstorage(key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(key)) STRICT;
CREATE TABLE IF NOT EXISTS nodejs_webstorage_state(
  max_size INTEGER NOT NULL DEFAULT 10485760,
  total_size INTEGER NOT NULL,
  schema_version INTEGER NOT NULL DEFAULT 0,
  single_row_ INTEGER NOT NULL DEFAULT 1 CHECK(single_row_ = 1),
  PRIMARY KEY(single_row_)
) STRICT;
CREATE TRIGGER IF NOT EXISTS nodejs_quota_insert AFTER INSERT ON nodejs_webstorage FOR EACH ROW BEGIN
  UPDATE nodejs_webstorage_state SET total_size = total_size + length(NEW.key) + length(NEW.value);
  SELECT RAISE(ABORT, 'QuotaExceeded') FROM nodejs_webstorage_state WHERE total_size > max_size;
END;
CREATE TRIGGER IF NOT EXISTS nodejs_quota_update AFTER UPDATE ON nodejs_webstorage FOR EACH ROW BEGIN
  UPDATE nodejs_webstorage_state SET total_size = total_size + length(NEW.key) + length(NEW.value) - length(OLD.key) - length(OLD.value);
  SELECT RAISE(ABORT, 'QuotaExceeded') FROM nodejs_webstorage_state WHERE total_size > max_size;
END;
CREATE TRIGGER IF NOT EXISTS nodejs_quota_delete AFTER DELETE ON nodejs_webstorage FOR EACH ROW BEGIN
  UPDATE nodejs_webstorage_state SET total_size = total_size - length(OLD.key) - length(OLD.value);
END;
INSERT OR IGNORE INTO nodejs_webstorage_state(total_size) VALUES (0);`;

function toBlob(text) { return Buffer.from(text, 'utf16le'); }
function toText(blob) { return Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('utf16le'); }

/** The items of one Storage. The database is opened at the first use. */
class Items {
  #location;
  #statements;

  constructor(location) { this.#location = location; }

  #open() {
    if (this.#statements !== undefined) return this.#statements;
    const db = new DatabaseSync(this.#location, { returnArrays: true });
    // The triggers in Node's files call it; SQLite has it since 3.43.
    db.function('octet_length', { deterministic: true }, (blob) => TypedArrayPrototypeGetByteLength(blob));
    db.exec(kSchema);
    if (db.prepare('SELECT schema_version FROM nodejs_webstorage_state').get()[0] > kSchemaVersion) {
      throw new ERR_INVALID_STATE('localStorage was created with a newer version of Node.js');
    }
    db.exec(`UPDATE nodejs_webstorage_state SET schema_version = ${kSchemaVersion} WHERE schema_version < ${kSchemaVersion}`);
    this.#statements = {
      __proto__: null,
      get: db.prepare('SELECT value FROM nodejs_webstorage WHERE key = ?'),
      set: db.prepare('INSERT INTO nodejs_webstorage(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = EXCLUDED.value'),
      remove: db.prepare('DELETE FROM nodejs_webstorage WHERE key = ?'),
      clear: db.prepare('DELETE FROM nodejs_webstorage'),
      count: db.prepare('SELECT count(*) FROM nodejs_webstorage'),
      keys: db.prepare('SELECT key FROM nodejs_webstorage'),
      nth: db.prepare('SELECT key FROM nodejs_webstorage LIMIT 1 OFFSET ?'),
    };
    return this.#statements;
  }

  get(key) {
    const row = this.#open().get.get(toBlob(key));
    return row === undefined ? null : toText(row[0]);
  }

  set(key, value) {
    try {
      this.#open().set.run(toBlob(key), toBlob(value));
    } catch (error) {
      if ((error.errcode & 0xff) !== kConstraint) throw error;
      const DOMException = lazyDOMExceptionClass();
      throw new DOMException('Setting the value exceeded the quota', 'QuotaExceededError');
    }
  }

  remove(key) { this.#open().remove.run(toBlob(key)); }
  clear() { this.#open().clear.run(); }
  get count() { return this.#open().count.get()[0]; }
  keys() { return ArrayPrototypeMap(this.#open().keys.all(), (row) => toText(row[0])); }

  nth(index) {
    const row = index < 0 ? undefined : this.#open().nth.get(index);
    return row === undefined ? null : toText(row[0]);
  }
}

const itemsOf = new SafeWeakMap(); // By the Storage, and by the object that the proxy stands before.

function getItems(storage) {
  const items = itemsOf.get(storage);
  if (items === undefined) throw new ERR_INVALID_THIS('Storage');
  return items;
}

// As Node's native errors are: the code is not in the stack.
function refuse(code, message) {
  const error = new TypeError(message);
  error.code = code;
  throw error;
}

function requireArguments(method, given, wanted) {
  if (given >= wanted) return;
  refuse('ERR_MISSING_ARGS', `Failed to execute '${method}' on 'Storage': ${wanted} argument${wanted === 1 ? '' : 's'} required`);
}

// Items are properties, but for those that the prototype has; symbols are ordinary ones.
const handler = {
  __proto__: null,
  get(target, key, receiver) {
    if (typeof key === 'symbol' || ReflectHas(target, key)) return ReflectGet(target, key, receiver);
    return itemsOf.get(target).get(key) ?? undefined;
  },
  set(target, key, value) {
    if (typeof key === 'symbol') return ReflectSet(target, key, value);
    itemsOf.get(target).set(key, `${value}`);
    return true;
  },
  has(target, key) { return ReflectHas(target, key) || (typeof key === 'string' && itemsOf.get(target).get(key) !== null); },
  deleteProperty(target, key) {
    if (typeof key === 'symbol') return ReflectDeleteProperty(target, key);
    itemsOf.get(target).remove(key);
    return true;
  },
  ownKeys(target) { return [...itemsOf.get(target).keys(), ...ReflectOwnKeys(target)]; },
  getOwnPropertyDescriptor(target, key) {
    if (typeof key === 'symbol' || ReflectHas(target, key)) return ReflectGetOwnPropertyDescriptor(target, key);
    const value = itemsOf.get(target).get(key);
    if (value === null) return undefined;
    return { __proto__: null, value, writable: true, enumerable: true, configurable: true };
  },
  defineProperty(target, key, descriptor) {
    if (typeof key === 'symbol') return ReflectDefineProperty(target, key, descriptor);
    if ('value' in descriptor) itemsOf.get(target).set(key, `${descriptor.value}`);
    return true;
  },
  preventExtensions() { return false; },
};

class Storage {
  constructor(key, location) {
    if (key !== kConstructorKey) refuse('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
    const items = new Items(location);
    const storage = new Proxy(this, handler);
    itemsOf.set(this, items);
    itemsOf.set(storage, items);
    return storage;
  }

  clear() { getItems(this).clear(); }

  getItem(key) {
    const items = getItems(this);
    requireArguments('getItem', arguments.length, 1);
    return items.get(`${key}`);
  }

  key(index) {
    const items = getItems(this);
    requireArguments('key', arguments.length, 1);
    return items.nth(index | 0);
  }

  removeItem(key) {
    const items = getItems(this);
    requireArguments('removeItem', arguments.length, 1);
    items.remove(`${key}`);
  }

  setItem(key, value) {
    const items = getItems(this);
    requireArguments('setItem', arguments.length, 2);
    items.set(`${key}`, `${value}`);
  }

  get length() { return getItems(this).count; }

  [customInspectSymbol](depth, options, inspect) {
    const items = getItems(this);
    const shown = {};
    for (const key of items.keys()) ObjectDefineProperty(shown, key, { __proto__: null, value: items.get(key), enumerable: true });
    return `Storage ${inspect(shown, options)}`;
  }
}

ObjectDefineProperties(Storage.prototype, {
  clear: kEnumerableProperty,
  getItem: kEnumerableProperty,
  key: kEnumerableProperty,
  removeItem: kEnumerableProperty,
  setItem: kEnumerableProperty,
  length: kEnumerableProperty,
  [customInspectSymbol]: { __proto__: null, enumerable: false },
});

// With --experimental-storage-inspection: sessions of the inspector hear of what its methods change.
class InspectedStorage extends Storage {
  #report;

  constructor(key, location, isLocalStorage) {
    super(key, location);
    const { DOMStorage } = require('inspector');
    const { pathToFileURL } = require('internal/url');
    this.#report = (method, item) => {
      const storageKey = pathToFileURL(getOptionValue('--localstorage-file')).href;
      DOMStorage[method]({ ...item, storageId: { securityOrigin: '', isLocalStorage, storageKey } });
    };
  }

  clear() {
    super.clear();
    this.#report('domStorageItemsCleared');
  }

  removeItem(key) {
    super.removeItem(key);
    this.#report('domStorageItemRemoved', { key: `${key}` });
  }

  setItem(key, value) {
    const oldValue = this.getItem(key);
    super.setItem(key, value);
    const item = { key: `${key}`, newValue: `${value}` };
    if (oldValue === null) this.#report('domStorageItemAdded', item);
    else this.#report('domStorageItemUpdated', { ...item, oldValue });
  }
}

function makeStorage(location, isLocalStorage) {
  return getOptionValue('--experimental-storage-inspection') ?
    new InspectedStorage(kConstructorKey, location, isLocalStorage) :
    new Storage(kConstructorKey, location);
}

let localStorage;
let sessionStorage;

module.exports = { Storage };
ObjectDefineProperties(module.exports, {
  __proto__: null,
  localStorage: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      if (localStorage !== undefined) return localStorage;
      const location = getOptionValue('--localstorage-file');
      if (location === '') {
        throw new ERR_INVALID_ARG_VALUE('--localstorage-file', location, 'is an invalid localStorage location');
      }
      localStorage = makeStorage(getValidatedPath(location), true);
      return localStorage;
    },
  },
  sessionStorage: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      sessionStorage ??= makeStorage(':memory:', false);
      return sessionStorage;
    },
  },
});
