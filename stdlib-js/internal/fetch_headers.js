// Headers of the Fetch Standard, light enough for one a request: a flat list [name, value, …] with names in lower case, or
// the head of a request that nobody has asked for yet.

const kToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const kNoValue = /[\0\r\n]|[^\x00-\xff]/;
const kOuterSpace = /^[\t\n\r ]+|[\t\n\r ]+$/g;
const kKnownNames = 512;

const lowerNames = new Map(); // As written -> lower case: programs use few names.

/** `name` in lower case; throws when it is none. */
export function lowerName(name) {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  const text = `${name}`;
  if (!kToken.test(text)) throw new TypeError(`"${text}" is not a name of a header field`);
  const lower = text.toLowerCase();
  if (typeof name === 'string' && lowerNames.size < kKnownNames) lowerNames.set(text, lower);
  return lower;
}

function isSpace(code) { return code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12); }

/** `value` as a field has it. */
function cleanValue(value, name) {
  let text = typeof value === 'string' ? value : `${value}`;
  if (text.length > 0 && (isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1)))) text = text.replace(kOuterSpace, '');
  if (kNoValue.test(text)) throw new TypeError(`the value of the header field "${name}" has characters that no field may have`);
  return text;
}

function fillFromPairs(list, pairs) {
  for (const pair of pairs) {
    if (pair === null || typeof pair !== 'object' || typeof pair[Symbol.iterator] !== 'function') {
      throw new TypeError('new Headers(init): each header field must be a pair of name and value');
    }
    const both = [...pair];
    if (both.length !== 2) throw new TypeError('new Headers(init): each header field must be a pair of name and value');
    const name = lowerName(both[0]);
    list.push(name, cleanValue(both[1], name));
  }
}

/** The list of what `new Headers(init)` takes. */
export function listFrom(init) {
  const list = [];
  if (init === undefined) return list;
  if (init === null || (typeof init !== 'object' && typeof init !== 'function')) {
    throw new TypeError('new Headers(init): init must be an object, pairs, or Headers');
  }
  if (isHeaders(init)) return listOf(init).slice();
  const iterator = init[Symbol.iterator];
  if (iterator !== undefined && iterator !== null) {
    if (typeof iterator !== 'function') throw new TypeError('new Headers(init): init is not iterable');
    fillFromPairs(list, init);
    return list;
  }
  if (Object.getPrototypeOf(init) === Object.prototype) {
    // Nearly all are such objects, and this is much faster; it passes over symbols, which are an error below.
    for (const key of Object.keys(init)) {
      const name = lowerName(key);
      list.push(name, cleanValue(init[key], name));
    }
    return list;
  }
  for (const key of Reflect.ownKeys(init)) {
    if (!Object.prototype.propertyIsEnumerable.call(init, key)) continue;
    const name = lowerName(key);
    list.push(name, cleanValue(init[key], name));
  }
  return list;
}

/** The list in the head of a request: its target and "name:value" lines. */
function listOfHead(head) {
  const list = [];
  let at = head.indexOf('\n') + 1;
  if (at === 0) return list;
  while (at < head.length) {
    const colon = head.indexOf(':', at);
    let end = head.indexOf('\n', colon);
    if (end < 0) end = head.length;
    list.push(head.slice(at, colon), head.slice(colon + 1, end));
    at = end + 1;
  }
  return list;
}

const joint = (name) => (name === 'cookie' ? '; ' : ', ');

/** [name, value] as iterators give them: sorted, values of a name in one, but for Set-Cookie's. */
function sorted(list) {
  const byName = new Map();
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    if (name === 'set-cookie') {
      pairs.push([name, list[i + 1]]);
    } else {
      const before = byName.get(name);
      byName.set(name, before === undefined ? list[i + 1] : before + joint(name) + list[i + 1]);
    }
  }
  pairs.push(...byName);
  // Sorting is stable: cookies keep their order.
  return pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
const iterations = new WeakMap();
const HeadersIterator = Object.create(IteratorPrototype, {
  next: {
    value: function next() {
      const state = iterations.get(this);
      if (state === undefined) throw new TypeError('next() of Headers Iterator was called on another object');
      // What has changed meanwhile is seen, by its place.
      const pairs = sorted(listOf(state.headers));
      if (state.at >= pairs.length) return { value: undefined, done: true };
      const pair = pairs[state.at++];
      return { value: state.kind === 'entries' ? pair : pair[state.kind === 'keys' ? 0 : 1], done: false };
    },
    writable: true, enumerable: true, configurable: true,
  },
  [Symbol.toStringTag]: { value: 'Headers Iterator', configurable: true },
});

function iterate(headers, kind) {
  listOf(headers);
  const iterator = Object.create(HeadersIterator);
  iterations.set(iterator, { headers, kind, at: 0 });
  return iterator;
}

let isHeaders;
let listOf;
let headersOf;

function need(count, wanted, method) {
  if (count < wanted) throw new TypeError(`Headers.${method}() needs ${wanted} argument${wanted > 1 ? 's' : ''}, and got ${count}`);
}

export class Headers {
  #list = undefined;
  #head = '';
  #immutable = false;

  static {
    isHeaders = (value) => #list in value;
    listOf = (headers) => (headers.#list ??= listOfHead(headers.#head));
    headersOf = (list, head, immutable) => {
      const headers = new Headers();
      headers.#list = list;
      headers.#head = head;
      headers.#immutable = immutable;
      return headers;
    };
  }

  constructor(init = undefined) {
    this.#list = init === undefined ? [] : listFrom(init);
  }

  #change() {
    if (this.#immutable) throw new TypeError('the header fields are immutable');
    return listOf(this);
  }

  append(name, value) {
    need(arguments.length, 2, 'append');
    const lower = lowerName(name);
    const clean = cleanValue(value, lower);
    this.#change().push(lower, clean);
  }

  delete(name) {
    need(arguments.length, 1, 'delete');
    const lower = lowerName(name);
    const list = this.#change();
    for (let i = list.length - 2; i >= 0; i -= 2) if (list[i] === lower) list.splice(i, 2);
  }

  get(name) {
    need(arguments.length, 1, 'get');
    const lower = lowerName(name);
    const list = listOf(this);
    let value = null;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === lower) value = value === null ? list[i + 1] : value + joint(lower) + list[i + 1];
    }
    return value;
  }

  getSetCookie() {
    const list = listOf(this);
    return list.filter((value, i) => i % 2 === 1 && list[i - 1] === 'set-cookie');
  }

  has(name) {
    need(arguments.length, 1, 'has');
    const lower = lowerName(name);
    const list = listOf(this);
    for (let i = 0; i < list.length; i += 2) if (list[i] === lower) return true;
    return false;
  }

  set(name, value) {
    need(arguments.length, 2, 'set');
    const lower = lowerName(name);
    const clean = cleanValue(value, lower);
    const list = this.#change();
    let found = false;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== lower) continue;
      if (found) {
        list.splice(i, 2);
        i -= 2;
      } else {
        found = true;
        list[i + 1] = clean;
      }
    }
    if (!found) list.push(lower, clean);
  }

  forEach(callback, receiver = undefined) {
    need(arguments.length, 1, 'forEach');
    if (typeof callback !== 'function') throw new TypeError('Headers.forEach(callback): callback must be a function');
    for (const [name, value] of this) Reflect.apply(callback, receiver, [value, name, this]);
  }

  keys() { return iterate(this, 'keys'); }
  values() { return iterate(this, 'values'); }
  entries() { return iterate(this, 'entries'); }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return `Headers ${inspect === undefined ? JSON.stringify(Object.fromEntries(this)) : inspect(Object.fromEntries(this), options)}`;
  }
}

export { headersOf, isHeaders, listOf };

for (const name of ['append', 'delete', 'get', 'getSetCookie', 'has', 'set', 'forEach', 'keys', 'values', 'entries']) {
  Object.defineProperty(Headers.prototype, name, { enumerable: true });
}
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true });
Object.defineProperty(Headers.prototype, Symbol.toStringTag, { value: 'Headers', configurable: true });
