// Request of the Fetch Standard. One that a client has sent is its connection's slot, a serial number and the text of its
// head, of which is read what the program asks for.
import { methods, parseUrl } from 'internal:dv8_serve';
import { Body, cloneBody, extract, isUnusable, makeEnumerable, mixBody, streamOf } from './fetch_body.js';
import { headersOf, listFrom, listOf } from './fetch_headers.js';

const kIncoming = Symbol('incoming');
const kHasBody = 1;
const kIsSecure = 8;
// URLs that are written as the URL Standard writes them: most.
const kPlainHost = /^[a-z0-9][a-z0-9.-]*(?::(?!80$|443$)[1-9][0-9]*)?$/;
const kNumericHost = /(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)(?::|$)/;
const kLoopback = /^127\.0\.0\.1(?::|$)/;
const kPlainTarget = /^\/(?:[\w~!$&()*+,;=:@/?-]|\.(?![./?]|$)|%(?!2e)[0-9a-f]{2})*$/i;
const kToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const kForbidden = /^(?:connect|trace|track)$/i;
const kNormalized = /^(?:delete|get|head|options|post|put)$/i;

const CHOICES = {
  mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
  credentials: ['omit', 'same-origin', 'include'],
  cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
  redirect: ['follow', 'error', 'manual'],
  referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
                   'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
};
const DEFAULTS = { mode: 'cors', credentials: 'same-origin', cache: 'default', redirect: 'follow', referrerPolicy: '' };

function normalizedMethod(method) {
  const text = `${method}`;
  if (!kToken.test(text)) throw new TypeError(`'${text}' is not a valid HTTP method.`);
  if (kForbidden.test(text)) throw new TypeError(`'${text}' HTTP method is unsupported.`);
  return kNormalized.test(text) ? text.toUpperCase() : text;
}

/** The value of a field of a head that nobody has taken apart; undefined without one. */
export function fieldOf(head, name) {
  const at = head.indexOf(`\n${name}:`);
  if (at < 0) return undefined;
  const start = at + name.length + 2;
  const end = head.indexOf('\n', start);
  return end < 0 ? head.slice(start) : head.slice(start, end);
}

function urlOfHead(head, isSecure, authority) {
  const end = head.indexOf('\n');
  const target = end < 0 ? head : head.slice(0, end);
  const host = fieldOf(head, 'host') || authority;
  const isPlain = kPlainHost.test(host) && (!kNumericHost.test(host) || kLoopback.test(host));
  const scheme = isSecure ? 'https://' : 'http://';
  if (isPlain && kPlainTarget.test(target)) return scheme + host + target;
  if (target.charCodeAt(0) !== 47) {
    const absolute = target === '*' ? undefined : parseUrl(target);
    if (absolute !== undefined && absolute.startsWith('http')) return absolute;
    return parseUrl(`${scheme}${host}/${target}`) ?? `${scheme}${authority}/`;
  }
  return parseUrl(scheme + host + target) ?? parseUrl(`${scheme}${authority}${target}`) ?? `${scheme}${authority}/`;
}

function makeController() {
  if (globalThis.AbortController !== undefined) return new globalThis.AbortController();
  throw new Error("a Request's `signal` needs Node's library, which is not in this executable: pack it with --include=node:events");
}

let incomingOf;
let initOf;
let bodyOf;

export class Request {
  #server = undefined;  // Of the client's: serve.js's, with slot and serial.
  #slot = -1;
  #serial = 0;
  #head;
  #flags = 0;
  #method;
  #url = undefined;
  #headers = undefined;
  #body = undefined;  // null: none; undefined: the client's, not asked for yet.
  #signal = undefined;
  #rest = undefined;

  static {
    incomingOf = (request) => ({ server: request.#server, slot: request.#slot, serial: request.#serial, flags: request.#flags });
    bodyOf = (request) => request.#takeBody();
    initOf = (request) => ({
      method: request.#method, headers: [...request.headers], body: streamOf(request.#takeBody()), duplex: 'half', signal: request.signal,
      ...request.#rest,
    });
  }

  constructor(input, init = undefined, server = undefined, slot = 0, serial = 0, method = 0, head = '', flags = 0) {
    if (input === kIncoming) {
      this.#server = server;
      this.#slot = slot;
      this.#serial = serial;
      this.#method = methods[method];
      this.#head = head;
      this.#flags = flags;
      return;
    }
    if (arguments.length === 0) throw new TypeError('new Request(input): input is missing');
    this.#make(input, init ?? {});
  }

  #make(input, init) {
    if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('new Request(input, init): init must be an object');
    const from = typeof input === 'object' && input !== null && #method in input ? input : undefined;
    if (from === undefined) {
      this.#url = parseUrl(`${input}`);
      if (this.#url === undefined) throw new TypeError(`Failed to parse URL from ${input}`);
      if (/^[a-z]+:\/\/[^/?#]*@/.test(this.#url)) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`);
    } else {
      this.#url = from.url;
    }
    if (init.window !== undefined && init.window !== null) throw new TypeError(`'window' option '${init.window}' must be null`);
    this.#method = init.method === undefined ? from?.method ?? 'GET' : normalizedMethod(init.method);
    const rest = this.#rest = { ...DEFAULTS, referrer: 'about:client', integrity: '', keepalive: false, ...from?.#rest };
    for (const name of Object.keys(CHOICES)) {
      if (init[name] === undefined) continue;
      const value = `${init[name]}`;
      if (!CHOICES[name].includes(value)) throw new TypeError(`'${value}' is not a value of RequestInit's ${name}`);
      rest[name] = value;
    }
    if (rest.mode === 'navigate' && init.mode !== undefined) throw new TypeError("a Request cannot be constructed with the mode 'navigate'");
    if (rest.cache === 'only-if-cached' && rest.mode !== 'same-origin') throw new TypeError("'only-if-cached' can be set only with 'same-origin' mode");
    if (init.referrer !== undefined) rest.referrer = `${init.referrer}` === '' ? 'no-referrer' : parseUrl(`${init.referrer}`) ?? 'about:client';
    if (init.integrity !== undefined) rest.integrity = `${init.integrity}`;
    if (init.keepalive !== undefined) rest.keepalive = Boolean(init.keepalive);
    if (init.duplex !== undefined && init.duplex !== 'half') throw new TypeError(`'${init.duplex}' is not a value of RequestInit's duplex`);
    this.#headers = headersOf(init.headers === undefined ? from === undefined ? [] : listOf(from.headers).slice() : listFrom(init.headers), '', false);
    const signal = init.signal === undefined ? from?.signal : init.signal;
    if (signal !== undefined && signal !== null) {
      if (typeof signal.aborted !== 'boolean') throw new TypeError("RequestInit's signal is not an AbortSignal");
      this.#signal = globalThis.AbortSignal.any([signal]);
    }
    this.#setBody(from, init);
  }

  #setBody(from, init) {
    const given = init.body ?? null;
    const ofInput = from?.#takeBody() ?? null;
    if ((given !== null || (ofInput !== null && init.body === undefined)) && (this.#method === 'GET' || this.#method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body.');
    }
    this.#body = null;
    if (given !== null) {
      const [body, type] = extract(given);
      if (body.source === undefined && init.duplex === undefined) throw new TypeError('RequestInit: duplex option is required when sending a body.');
      this.#body = body;
      if (type !== undefined && !this.#headers.has('content-type')) this.#headers.append('content-type', type);
    } else if (ofInput !== null) {
      if (isUnusable(ofInput)) throw new TypeError('Cannot construct a Request with a Request object that has already been used.');
      this.#body = new Body(ofInput.source, ofInput.stream);
      ofInput.used = true;
    }
  }

  #takeBody() {
    if (this.#body === undefined) {
      this.#body = (this.#flags & kHasBody) === 0 ? null : new Body(this.#server.incoming(this.#slot, this.#serial));
    }
    return this.#body;
  }

  get method() { return this.#method; }
  get url() { return this.#url ??= urlOfHead(this.#head, (this.#flags & kIsSecure) !== 0, this.#server.authority()); }
  get headers() { return this.#headers ??= headersOf(undefined, this.#head, false); }
  get destination() { return this.#method === undefined ? undefined : ''; }
  get referrer() {
    const { referrer } = this.#rest ?? { referrer: 'about:client' };
    return referrer === 'no-referrer' ? '' : referrer;
  }
  get referrerPolicy() { return (this.#rest ?? DEFAULTS).referrerPolicy; }
  get mode() { return (this.#rest ?? DEFAULTS).mode; }
  get credentials() { return (this.#rest ?? DEFAULTS).credentials; }
  get cache() { return (this.#rest ?? DEFAULTS).cache; }
  get redirect() { return (this.#rest ?? DEFAULTS).redirect; }
  get integrity() { return this.#rest?.integrity ?? ''; }
  get keepalive() { return this.#rest?.keepalive ?? false; }
  get isReloadNavigation() { return this.#method === undefined; }
  get isHistoryNavigation() { return this.#method === undefined; }
  get duplex() { return this.#method === undefined ? undefined : 'half'; }
  /** Of a client's request: aborted when the connection goes before the response is complete. */
  get signal() {
    if (this.#signal === undefined) {
      const controller = makeController();
      this.#signal = controller.signal;
      if (this.#server !== undefined && this.#slot >= 0) this.#server.abortsWith(this.#slot, this.#serial, controller);
    }
    return this.#signal;
  }

  clone() {
    const body = this.#takeBody();
    if (isUnusable(body)) throw new TypeError('Request.clone: Body has already been consumed.');
    const copy = new Request(kIncoming, undefined, this.#server, this.#slot, this.#serial, 0, this.#head, this.#flags);
    copy.#method = this.#method;
    copy.#url = this.url;
    copy.#headers = headersOf(listOf(this.headers).slice(), '', false);
    copy.#body = cloneBody(body);
    if (this.#signal !== undefined) copy.#signal = globalThis.AbortSignal.any([this.#signal]);
    copy.#rest = this.#rest;
    return copy;
  }

  static isInstance(value) { return typeof value === 'object' && value !== null && #method in value; }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const { method, url, headers } = this;
    return `Request ${inspect === undefined ? JSON.stringify({ method, url }) : inspect({ method, url, headers }, options)}`;
  }
}

export const { isInstance: isRequest } = Request;
delete Request.isInstance;
export { incomingOf, initOf, kIncoming };

mixBody(Request, bodyOf);
makeEnumerable(Request, 'Request');

