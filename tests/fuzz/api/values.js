'use strict';

// Odd values, each made anew for every call, by a generator that its seed determines.

/** Mulberry32: numbers in [0, 1). */
exports.random = function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

const numbers = [
  0, -0, 1, -1, 2, 3, 7, 8, 16, 64, 255, 256, 1000, 65535, 65536, 0.5, -0.5, 1.5, NaN, Infinity, -Infinity,
  2 ** 29, 2 ** 30, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1, 2 ** 53, -(2 ** 53),
  2 ** 63, 2 ** 64, 1e21, 1e308, 5e-324,
];
const strings = [
  '', ' ', 'a', 'abc', '0', '-1', '1e9', 'utf8', 'latin1', 'hex', 'base64', 'ucs2', 'utf16le', 'buffer', 'r', 'w+', 'rs', '.', '..', './f', 'g/h',
  '/nonexistent/x', 'a\0b', '\ud800', '\udc00x', 'é', '€', '𝄞', '\n', '%', '%zz', 'file:///x%00y', 'http://[', 'http://a:99999/', '127.0.0.1',
  '::1', 'fe80::1%lo', 'localhost', 'error', 'close', 'data', '__proto__', 'constructor', 'toString', 'SIGTERM', 'SIGWINCH', 'pipe', 'inherit', 'ipc', 'ignore',
];
const optionNames = [
  'encoding', 'flag', 'flags', 'mode', 'fd', 'start', 'end', 'highWaterMark', 'signal', 'level', 'windowBits', 'chunkSize', 'dictionary', 'recursive',
  'bigint', 'position', 'length', 'offset', 'buffer', 'bufferSize', 'autoClose', 'emitClose', 'objectMode', 'read', 'write', 'writev', 'final', 'transform',
  'destroy', 'construct', 'host', 'port', 'path', 'family', 'hints', 'all', 'backlog', 'exclusive', 'allowHalfOpen', 'timeout', 'maxBuffer', 'input',
  'stdio', 'env', 'cwd', 'shell', 'detached', 'uid', 'gid', 'killSignal', 'serialization', 'depth', 'colors', 'compact', 'breakLength', 'sorted', 'getters',
  'filename', 'lineOffset', 'columnOffset', 'cachedData', 'contextName', 'microtaskMode', 'importModuleDynamically', 'once', 'capture', 'passive', 'cause',
  'name', 'type', 'value', 'done', 'size', 'fatal', 'ignoreBOM', 'stream', 'transfer', 'params', 'maxOutputLength', 'interval', 'persistent', 'force',
  'maxRetries', 'withFileTypes', 'concurrency', 'filter', 'dereference', 'preserveTimestamps', 'headers', 'method', 'agent', 'ref', 'unref', 'resolution',
  'lowest', 'highest', 'figures', 'entryTypes', 'buffered', 'hash', 'search', 'protocol', 'ttl', 'reuseAddr', 'recvBufferSize', 'lookup', 'ipv6Only',
  'prompt', 'completer', 'history', 'historySize', 'terminal', 'tabSize', 'output', 'escapeCodeTimeout', 'crlfDelay', 'message', 'code', 'length',
];

function detached() {
  const view = new Uint8Array(new ArrayBuffer(64));
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

function outOfBounds() {
  const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
  const view = new Uint8Array(buffer, 32, 32);
  buffer.resize(16);
  return view;
}

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

exports.Values = class Values {
  /** Results of earlier calls, which are the most likely to fit. */
  pool = [];

  constructor(random) {
    this.random = random;
  }

  below(count) {
    return Math.floor(this.random() * count);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  keep(value) {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
    if (this.pool.length < 200) this.pool.push(value);
    else this.pool[this.below(200)] = value;
  }

  /** Bytes of all kinds. */
  bytes() {
    switch (this.below(16)) {
      case 0: return Buffer.alloc(0);
      case 1: return new Uint8Array(8);
      case 2: return Buffer.from('hello, world');
      case 3: return new Float64Array(4);
      case 4: return new Uint32Array(4);
      case 5: return new DataView(new ArrayBuffer(16), 3, 5);
      case 6: return new ArrayBuffer(32);
      case 7: return new Uint8Array(new ArrayBuffer(64, { maxByteLength: 1 << 20 }));
      case 8: return new ArrayBuffer(8, { maxByteLength: 64 });
      case 9: return detached();
      case 10: return outOfBounds();
      case 11: return new Uint8Array(new SharedArrayBuffer(32));
      case 12: return new Uint8Array(new SharedArrayBuffer(16, { maxByteLength: 4096 }));
      case 13: return Buffer.alloc(70000, 'ab');
      case 14: return new BigInt64Array(2);
      default: return Buffer.allocUnsafe(this.below(300));
    }
  }

  /** An object that does something while it is read: `deed` runs, then it is what `result` says. */
  trap(deed, result) {
    const act = () => {
      deed();
      return result;
    };
    return this.random() < 0.5 ?
      { valueOf: act, toString: act, [Symbol.toPrimitive]: act } :
      new Proxy({}, { get: (target, key) => (key === Symbol.toPrimitive ? act : act()), has: () => true });
  }

  options(deed) {
    const result = {};
    for (let count = 1 + this.below(4); count > 0; count--) {
      const name = this.pick(optionNames);
      if (this.random() < 0.1) {
        Object.defineProperty(result, name, { enumerable: true, configurable: true, get: () => (deed(), this.value(deed)) });
      } else {
        result[name] = this.value(deed);
      }
    }
    return result;
  }

  odd(deed) {
    switch (this.below(26)) {
      case 0: return Symbol('odd');
      case 1: return this.pick([0n, 1n, -1n, 2n ** 31n, 2n ** 63n, 2n ** 64n, -(2n ** 64n)]);
      case 2: return {};
      case 3: return [];
      case 4: return Object.create(null);
      case 5: return [1, 'a', null];
      case 6: return new Proxy({}, {});
      case 7: return new Proxy(function() {}, {});
      case 8: return revoked();
      case 9: return class {};
      case 10: return async () => {};
      case 11: return { get length() { throw new Error('length'); }, get then() { throw new Error('then'); } };
      case 12: return new Array(1000);
      case 13: return new Date(NaN);
      case 14: return /a/g;
      case 15: return new Error('odd');
      case 16: return new Map([[1, 2]]);
      case 17: return Promise.resolve(1);
      case 18: return this.trap(deed, this.pick(numbers));
      case 19: return globalThis;
      case 20: return new URL('http://a.b/c?d#e');
      case 21: return new Set([1]);
      case 22: return function* () { yield 1; }();
      case 23: return AbortSignal.abort();
      case 24: return 'x'.repeat(70000);
      default: return { __proto__: new Proxy({}, {}), a: 1 };
    }
  }

  value(deed) {
    const roll = this.random();
    if (roll < 0.10) return undefined;
    if (roll < 0.14) return null;
    if (roll < 0.18) return this.random() < 0.5;
    if (roll < 0.38) return this.pick(numbers);
    if (roll < 0.52) return this.pick(strings);
    if (roll < 0.68) return this.bytes();
    if (roll < 0.76) return () => { if (this.random() < 0.2) deed(); };
    if (roll < 0.82) return this.pool.length > 0 ? this.pick(this.pool) : {};
    if (roll < 0.88) return this.options(deed);
    return this.odd(deed);
  }

  arguments(deed) {
    const list = [];
    for (let count = this.below(this.random() < 0.8 ? 5 : 9); count > 0; count--) list.push(this.value(deed));
    return list;
  }
};
