// URL and URLSearchParams (WHATWG URL). Parsing is native; the parts are slices of the href.
import * as native from 'internal:url';
import { ERR_ARG_NOT_ITERABLE, ERR_INVALID_THIS, ERR_INVALID_URL, ERR_MISSING_ARGS, makeError } from '../internal/errors.js';

const omitted = 0xFFFFFFFF;
const part = { href: 0, protocol: 1, username: 2, password: 3, host: 4, hostname: 5, port: 6, pathname: 7, search: 8, hash: 9 };
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
let internalUpdate; // (url, search): URLSearchParams tells its URL.

// application/x-www-form-urlencoded
function decodeForm(text) {
  text = text.replaceAll('+', ' ');
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    const bytes = [];
    for (const unit of new (require('./encoding.js').TextEncoder)().encode(text)) bytes.push(unit);
    const out = [];
    for (let i = 0; i < bytes.length; i++) {
      const hex = bytes[i] === 0x25 ? String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0) : '';
      if (/^[0-9A-Fa-f]{2}$/.test(hex)) {
        out.push(parseInt(hex, 16));
        i += 2;
      } else {
        out.push(bytes[i]);
      }
    }
    return new (require('./encoding.js').TextDecoder)().decode(new Uint8Array(out));
  }
}

function encodeForm(text) {
  return encodeURIComponent(text.toWellFormed()).replace(/%20|[!'()~]/g, (c) => (
    c === '%20' ? '+' : `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
}

function parseForm(text) {
  const list = [];
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    list.push(equals < 0 ? [decodeForm(pair), ''] : [decodeForm(pair.slice(0, equals)), decodeForm(pair.slice(equals + 1))]);
  }
  return list;
}

/** Walks over the pairs as they are at each step. */
class ParamsIterator {
  #list;
  #pick;
  #at = 0;
  constructor(list, pick) {
    this.#list = list;
    this.#pick = pick;
  }
  next() {
    const pair = this.#list()[this.#at++];
    return pair === undefined ? { value: undefined, done: true } : { value: this.#pick(pair), done: false };
  }
  get [Symbol.toStringTag]() { return 'URLSearchParams Iterator'; }
  [inspectCustom](depth, options, inspect) {
    const rest = this.#list().slice(this.#at).map((pair) => inspect(this.#pick(pair), options));
    return rest.length === 0 ? 'URLSearchParams Iterator {  }' : `URLSearchParams Iterator { ${rest.join(', ')} }`;
  }
}
Object.setPrototypeOf(ParamsIterator.prototype, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));

export class URLSearchParams {
  #list = [];
  #url = null;
  constructor(init = undefined) {
    if (init === undefined || init === null) return;
    if (typeof init === 'object' || typeof init === 'function') {
      const iterator = init[Symbol.iterator];
      if (iterator !== undefined && iterator !== null) {
        if (typeof iterator !== 'function') throw new ERR_ARG_NOT_ITERABLE('Query pairs');
        for (const pair of init) {
          const entry = pair !== null && typeof pair === 'object' ? [...pair] : [];
          if (entry.length !== 2) {
            throw makeError(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
          }
          this.#list.push([`${entry[0]}`, `${entry[1]}`]);
        }
      } else {
        for (const key of Reflect.ownKeys(init)) {
          if (Object.getOwnPropertyDescriptor(init, key)?.enumerable) this.#list.push([`${key}`, `${init[key]}`]);
        }
      }
      return;
    }
    const text = `${init}`;
    this.#list = parseForm(text.startsWith('?') ? text.slice(1) : text);
  }
  static bind(params, url, search) {
    params.#url = url;
    params.#list = parseForm(search.startsWith('?') ? search.slice(1) : search);
  }
  #changed() {
    if (this.#url !== null) internalUpdate(this.#url, this.toString());
  }
  get size() { return this.#list.length; }
  append(name, value) {
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    this.#list.push([`${name}`.toWellFormed(), `${value}`.toWellFormed()]);
    this.#changed();
  }
  delete(name, value = undefined) {
    this.#list = this.#list.filter(([key, old]) => key !== `${name}` || (value !== undefined && old !== `${value}`));
    this.#changed();
  }
  get(name) { return this.#list.find(([key]) => key === `${name}`)?.[1] ?? null; }
  getAll(name) { return this.#list.filter(([key]) => key === `${name}`).map(([, value]) => value); }
  has(name, value = undefined) {
    return this.#list.some(([key, old]) => key === `${name}` && (value === undefined || old === `${value}`));
  }
  set(name, value) {
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('name', 'value');
    const found = this.#list.find(([key]) => key === `${name}`);
    if (found === undefined) {
      this.#list.push([`${name}`.toWellFormed(), `${value}`.toWellFormed()]);
    } else {
      found[1] = `${value}`.toWellFormed();
      this.#list = this.#list.filter((pair) => pair === found || pair[0] !== found[0]);
    }
    this.#changed();
  }
  sort() {
    this.#list.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    this.#changed();
  }
  forEach(callback, self = undefined) {
    for (const [name, value] of this.#list) Reflect.apply(callback, self, [value, name, this]);
  }
  entries() { return new ParamsIterator(() => this.#list, ([name, value]) => [name, value]); }
  keys() { return new ParamsIterator(() => this.#list, ([name]) => name); }
  values() { return new ParamsIterator(() => this.#list, ([, value]) => value); }
  toString() { return this.#list.map(([name, value]) => `${encodeForm(name)}=${encodeForm(value)}`).join('&'); }
  get [Symbol.toStringTag]() { return 'URLSearchParams'; }
  [inspectCustom](depth, options, inspect) {
    const pairs = this.#list.map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`);
    return pairs.length === 0 ? 'URLSearchParams {}' : `URLSearchParams { ${pairs.join(', ')} }`;
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries, writable: true, configurable: true,
});
const bindParams = URLSearchParams.bind;
delete URLSearchParams.bind;

// Where the native parser puts the offsets of the parts; made at the first use.
let offsets;

export class URL {
  #href;
  #at;
  #params;
  constructor(input, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    const text = `${input}`;
    if (base !== undefined) base = `${base}`;
    offsets ??= new Uint32Array(9);
    const href = native.parse(text, base, offsets);
    if (href === undefined) throw new ERR_INVALID_URL(text, base);
    this.#set(href);
  }
  #set(href) {
    this.#href = href;
    const [protocolEnd, usernameEnd, hostStart, hostEnd, port, pathnameStart, searchStart, hashStart, scheme] = offsets;
    this.#at = { protocolEnd, usernameEnd, hostStart, hostEnd, port, pathnameStart, searchStart, hashStart, scheme };
  }
  #update(name, value) {
    offsets ??= new Uint32Array(9);
    const href = native.update(this.#href, part[name], `${value}`, offsets);
    if (href === undefined) return false;
    this.#set(href);
    if (this.#params !== undefined && (name === 'search' || name === 'href')) bindParams(this.#params, this, this.search);
    return true;
  }
  static {
    internalUpdate = (url, search) => {
      const params = url.#params;
      url.#params = undefined;
      url.#update('search', search);
      url.#params = params;
    };
  }
  static canParse(input, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    return native.canParse(`${input}`, base === undefined ? undefined : `${base}`);
  }
  static parse(input, base = undefined) { return URL.canParse(input, base) ? new URL(input, base) : null; }

  get href() {
    if (!(#href in this)) throw new ERR_INVALID_THIS('URL');
    return this.#href;
  }
  set href(value) { if (!this.#update('href', value)) throw new ERR_INVALID_URL(`${value}`); }
  get origin() {
    const { protocol } = this;
    switch (protocol) {
      case 'http:': case 'https:': case 'ftp:': case 'ws:': case 'wss:': return `${protocol}//${this.host}`;
      case 'blob:': try {
        const inner = new URL(this.pathname);
        return inner.protocol === 'http:' || inner.protocol === 'https:' ? inner.origin : 'null';
      } catch {
        return 'null';
      }
      default: return 'null';
    }
  }
  get protocol() { return this.#href.slice(0, this.#at.protocolEnd); }
  set protocol(value) { this.#update('protocol', value); }
  get username() {
    const { protocolEnd, usernameEnd } = this.#at;
    return usernameEnd > protocolEnd + 2 ? this.#href.slice(protocolEnd + 2, usernameEnd) : '';
  }
  set username(value) { this.#update('username', value); }
  get password() {
    const { usernameEnd, hostStart } = this.#at;
    return hostStart > usernameEnd ? this.#href.slice(usernameEnd + 1, hostStart) : '';
  }
  set password(value) { this.#update('password', value); }
  get host() {
    let { hostStart } = this.#at;
    if (this.#href[hostStart] === '@') hostStart++;
    return this.#href.slice(hostStart, this.#at.port === omitted ? this.#at.hostEnd : this.#hostAndPortEnd());
  }
  #hostAndPortEnd() { return this.#at.hostEnd + 1 + `${this.#at.port}`.length; }
  set host(value) { this.#update('host', value); }
  get hostname() {
    let { hostStart } = this.#at;
    if (this.#href[hostStart] === '@') hostStart++;
    return this.#href.slice(hostStart, this.#at.hostEnd);
  }
  set hostname(value) { this.#update('hostname', value); }
  get port() { return this.#at.port === omitted ? '' : `${this.#at.port}`; }
  set port(value) { this.#update('port', value); }
  get pathname() {
    const { pathnameStart, searchStart, hashStart } = this.#at;
    const end = searchStart !== omitted ? searchStart : hashStart !== omitted ? hashStart : undefined;
    return this.#href.slice(pathnameStart, end);
  }
  set pathname(value) { this.#update('pathname', value); }
  get search() {
    const { searchStart, hashStart } = this.#at;
    if (searchStart === omitted) return '';
    const text = this.#href.slice(searchStart, hashStart === omitted ? undefined : hashStart);
    return text === '?' ? '' : text;
  }
  set search(value) { this.#update('search', value); }
  get searchParams() {
    if (this.#params === undefined) {
      this.#params = new URLSearchParams();
      bindParams(this.#params, this, this.search);
    }
    return this.#params;
  }
  get hash() {
    const text = this.#at.hashStart === omitted ? '' : this.#href.slice(this.#at.hashStart);
    return text === '#' ? '' : text;
  }
  set hash(value) { this.#update('hash', value); }
  toString() { return this.href; }
  toJSON() { return this.href; }
  get [Symbol.toStringTag]() { return 'URL'; }
  [inspectCustom](depth, options, inspect) {
    const shown = {};
    for (const key of ['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname',
                       'search', 'searchParams', 'hash']) shown[key] = this[key];
    return `URL ${inspect(shown, options)}`;
  }
}
for (const name of [...Object.keys(part), 'origin', 'searchParams', 'toString', 'toJSON']) {
  Object.defineProperty(URL.prototype, name, { ...Object.getOwnPropertyDescriptor(URL.prototype, name), enumerable: true });
}

export default { URL, URLSearchParams };
