/**
 * @module dv8:serve — the web-standard HTTP server of Bun, Deno and Workers, on a native path of its own.
 *
 * `serve({ fetch })` answers each request by a Response. The same is `dv8.serve`, and a program whose entry has
 * `export default { fetch(request, server) {} }` serves when it starts: at its `port`, else at that of `dv8pack --port`,
 * else at 3000. In a program with this module `Request`, `Response` and `Headers` are the ones of this module; they know
 * nothing of Node's library until something of it is asked for, so that the program starts small. `fetch()` takes and
 * gives them, too.
 *
 * What needs Node's library is packed with it when the code says so: `.body` and other streams, `.signal`, `blob()`,
 * `formData()`, `new URL(request.url)`.
 *
 * With `workers: n` the program runs in n threads, each with an isolate of its own, and the system shares the connections
 * out among them: a server a CPU, which share nothing.
 *
 * HTTP/1.1 and 1.0: requests of a connection are answered one after another, in their order. A request that is no good
 * HTTP never reaches the program: 400, 408, 413, 414, 431, 501 or 505, and the connection is closed.
 *
 * @example
 * import { serve } from 'dv8:serve';
 * const server = serve({
 *   port: 0,
 *   hostname: '127.0.0.1',
 *   fetch: (request) => Response.json({ path: new URL(request.url).pathname }),
 * });
 * const response = await fetch(`http://127.0.0.1:${server.port}/hello`);
 * console.log(response.status, await response.json()); //> 200 { path: '/hello' }
 * await server.stop();
 */
import { manifest } from 'internal:payload';
import main from './main.js';
import { lookup } from '../internal/registry.js';
import { Headers } from '../internal/fetch_headers.js';
import { initOf, isRequest, Request } from '../internal/fetch_request.js';
import { fromForeign, Response } from '../internal/fetch_response.js';
import { makeStaticFiles, ServeFile } from '../internal/serve_files.js';
import { Connections, placeOf } from '../internal/serve_connections.js';
import { ServerWebSocket } from '../internal/serve_websocket.js';

const kDefaultPort = 3000;
const kBacklog = 511;
const kSeconds = 1000;
const kLimits = {
  maxHeaderSize: 16 << 10, maxRequestBodySize: 128 << 20, headersTimeout: 60, idleTimeout: 10,
  maxPayloadLength: 16 << 20, socketIdleTimeout: 120,
};

export { Headers, Request, Response };

function invalid(name, wanted, value) {
  const error = new TypeError(`serve(options): ${name} must be ${wanted}, and is ${value === null ? 'null' : typeof value === 'object' ? 'an object' : String(value)}`);
  error.code = 'ERR_INVALID_ARG_VALUE';
  return error;
}

function checkNumber(name, value, most) {
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) throw invalid(name, `a number from 0 to ${most}`, value);
  return value;
}

function limit(options, name, most, otherwise = kLimits[name]) {
  return options[name] === undefined ? otherwise : checkNumber(name, options[name], most);
}

function pem(value, name) {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) return String.fromCharCode(...new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  if (Array.isArray(value)) return value.map((item) => pem(item, name)).join('\n');
  throw invalid(name, 'PEM text', value);
}

function tlsOf({ tls, key, cert }) {
  const given = tls ?? (key !== undefined || cert !== undefined ? { key, cert } : undefined);
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object') throw invalid('tls', 'an object with key and cert', given);
  return [pem(given.key, 'tls.key'), pem(given.cert, 'tls.cert'), `${given.passphrase ?? ''}`, pem(given.ca, 'tls.ca')];
}

function hostOf(hostname) {
  if (hostname === undefined) return '0.0.0.0';
  if (typeof hostname !== 'string') throw invalid('hostname', 'a string', hostname);
  return hostname === 'localhost' ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
}

function handlersOf(websocket) {
  if (websocket === undefined) return {};
  if (websocket === null || typeof websocket !== 'object') throw invalid('websocket', 'an object of functions', websocket);
  return websocket;
}

/** What `serve()` returns. */
export class Server {
  #connections;
  #topics = new Map();
  #isTls = false;
  #hostname;
  #port;
  #path;
  #finished;
  #finish;
  #workers; // dv8:serve_workers' of this server: {place, begin(port), stop(now), setRef(on)}.

  constructor(options, handler) {
    const { error, onError = error, websocket, signal } = options;
    if (onError !== undefined && typeof onError !== 'function') throw invalid('error', 'a function', onError);
    this.#finished = new Promise((resolve) => { this.#finish = resolve; });
    this.#workers = workersOf(options);
    const connections = this.#connections = new Connections(this, handler, options, onError);
    connections.websocket = handlersOf(websocket);
    connections.subscribe = (topic, socket) => {
      if (!this.#topics.has(topic)) this.#topics.set(topic, new Set());
      this.#topics.get(topic).add(socket);
    };
    connections.unsubscribe = (topic, socket) => {
      const sockets = this.#topics.get(topic);
      sockets?.delete(socket);
      if (sockets?.size === 0) this.#topics.delete(topic);
    };
    connections.publish = (topic, data, except) => this.#publish(topic, data, except);
    connections.open((slot, serial, opcode, data, code) => {
      const socket = connections.sockets.get(slot);
      if (socket?.serial !== serial) return;
      if (opcode === 8) connections.sockets.delete(slot);
      socket.receive(opcode, data, code);
    }, () => { this.#finish(); });
    this.#listen(options);
    if (signal !== undefined && signal !== null) {
      if (signal.aborted) this.stop(true);
      else signal.addEventListener('abort', () => { this.stop(); }, { once: true });
    }
    const tell = options.onListen;
    if (typeof tell === 'function') tell(this.addr);
  }

  #listen(options) {
    const { native } = this.#connections;
    const socket = this.#connections.websocket;
    native.setLimits(
      limit(options, 'maxHeaderSize', 1 << 24), limit(options, 'maxRequestBodySize', Number.MAX_SAFE_INTEGER),
      limit(options, 'headersTimeout', 4e6) * kSeconds, limit(options, 'idleTimeout', 4e6) * kSeconds,
      limit(socket, 'maxPayloadLength', 0x1fffffff), limit(socket, 'idleTimeout', 4e6, kLimits.socketIdleTimeout) * kSeconds);
    const tls = tlsOf(options);
    if (tls !== undefined) {
      const wrong = native.setTls(...tls);
      if (wrong !== '') throw Object.assign(new Error(`serve(options): ${wrong}`), { code: 'ERR_TLS_INVALID_CONTEXT' });
      this.#isTls = true;
    }
    const backlog = limit(options, 'backlog', 0x7fffffff, kBacklog);
    const path = options.unix ?? options.path;
    if (path !== undefined) {
      if (typeof path !== 'string') throw invalid('unix', 'a path', path);
      this.#path = path;
      native.listenPath(path, backlog);
      return;
    }
    this.#hostname = hostOf(options.hostname);
    const workers = this.#workers;
    const port = workers?.port ?? Number(options.port ?? manifest('port') ?? kDefaultPort);
    if (!Number.isInteger(port) || port < 0 || port > 65535) throw invalid('port', 'a number from 0 to 65535', options.port);
    native.listen(this.#hostname, port, options.reusePort === true || workers !== undefined, backlog);
    this.#port = native.port();
    if (workers !== undefined) this.#finished = workers.begin(this, this.#finished);
  }

  get port() { return this.#port; }
  get hostname() { return this.#hostname; }
  /** "127.0.0.1:3000", as a URL has it. */
  get authority() {
    if (this.#path !== undefined) return 'localhost';
    const host = this.#hostname.includes(':') ? `[${this.#hostname}]` : this.#hostname;
    return this.#port === (this.#isTls ? 443 : 80) ? host : `${host}:${this.#port}`;
  }
  /** "http://127.0.0.1:3000/"; a server for all addresses is at localhost. */
  get url() {
    if (this.#path !== undefined) return `unix://${this.#path}`;
    return `${this.#isTls ? 'https' : 'http'}://${this.authority.replace(/^(?:0\.0\.0\.0|\[::\])(?=:|$)/, 'localhost')}/`;
  }
  /** {transport: 'tcp', hostname, port}, or {transport: 'unix', path}. */
  get addr() {
    if (this.#path !== undefined) return { transport: 'unix', path: this.#path };
    return { transport: 'tcp', hostname: this.#hostname, port: this.#port };
  }
  /** Requests that have no whole response yet, and WebSockets. */
  get pendingRequests() { return this.#connections.native.pending(); }
  get pendingWebSockets() { return this.#connections.native.sockets(); }
  /** Fulfilled when the server has stopped and its last connection is closed. */
  get finished() { return this.#finished; }

  /** What the handler gives for `request`, without a connection. */
  async fetch(request) {
    const { handler, receiver } = this.#connections;
    return Reflect.apply(handler, receiver, [isRequest(request) ? request : new Request(request), this]);
  }

  /**
   * Takes no more connections, lets those end that are being answered, and closes the others; with `true` all at once.
   * @returns {Promise<void>} `finished`
   */
  stop(now = false) {
    this.#workers?.stop(now === true);
    this.#connections.native.stop(now === true);
    return this.#finished;
  }
  /** As stop(). */
  shutdown() { return this.stop(); }

  ref() { this.#setRef(true); }
  /** The server does not keep the program running. */
  unref() { this.#setRef(false); }
  #setRef(on) {
    this.#connections.native.setRef(on);
    this.#workers?.setRef(on);
  }

  /** Another handler, and other functions for WebSockets and errors, from the next request on; of this thread. */
  reload(options) {
    const handler = handlerOf(options);
    Object.assign(this.#connections, { handler, receiver: options, onError: options.onError ?? options.error, websocket: handlersOf(options.websocket) });
  }

  #place(request, method) {
    const place = placeOf(request, method);
    return place.connections === this.#connections ? place : undefined;
  }

  /** {address, port, family} of the client; null when its connection has gone, or is a Unix socket's. */
  requestIP(request) {
    const place = this.#place(request, 'requestIP');
    const parts = place && this.#connections.native.address(place.slot, place.serial);
    return parts === undefined ? null : { address: parts[0], port: parts[1], family: parts[2] };
  }

  /** Another idleTimeout for the connection of `request`; 0 is none. */
  timeout(request, seconds) {
    const place = this.#place(request, 'timeout');
    checkNumber('seconds', seconds, 4e6);
    if (place !== undefined) this.#connections.native.setIdleTimeout(place.slot, place.serial, seconds * kSeconds);
  }

  /**
   * Makes a WebSocket of the connection, whose functions are those of serve()'s `websocket`. The handler then returns
   * nothing. `options.headers` go with the answer, `options.data` becomes the socket's `data`.
   *
   * The functions get the socket: `send(data)`, `sendText()`, `sendBinary()`, `ping()`, `pong()`, `close(code, reason)`,
   * `terminate()`, `subscribe(topic)`, `unsubscribe()`, `isSubscribed()`, `publish(topic, data)`, `data`, `readyState`,
   * `remoteAddress`, `bufferedAmount`, `binaryType`. `send()` returns the size; -1 when a part waits, and `drain` follows;
   * 0 when it was dropped.
   * @returns {boolean} false when the client did not ask for one: the handler returns a Response.
   */
  upgrade(request, options = {}) {
    const { headers, data } = options;
    const place = this.#place(request, 'upgrade');
    const key = request.headers.get('sec-websocket-key');
    if (place === undefined || request.method !== 'GET' || !/^[A-Za-z0-9+/]{22}==$/.test(key ?? '') ||
        request.headers.get('upgrade')?.toLowerCase() !== 'websocket') return false;
    const { slot, serial } = place;
    if (request.headers.get('sec-websocket-version') !== '13') return false;
    let fields = '';
    for (const [name, value] of new Headers(headers)) {
      if (!['connection', 'upgrade', 'sec-websocket-accept', 'content-length', 'transfer-encoding'].includes(name)) fields += `${name}: ${value}\r\n`;
    }
    const connections = this.#connections;
    const address = connections.native.address(slot, serial)?.[0] ?? '';
    if (!connections.native.upgrade(slot, serial, key, fields)) return false;
    const socket = new ServerWebSocket(connections, slot, serial, data, address);
    connections.sockets.set(slot, socket);
    connections.watched.delete(slot);
    queueMicrotask(() => {
      connections.websocket.open?.(socket);
      connections.native.startSocket(slot, serial);
    });
    return true;
  }

  #publish(topic, data, except) {
    let sent = 0;
    for (const socket of this.#topics.get(topic) ?? []) {
      if (socket !== except) sent += Math.max(socket.send(data), 0);
    }
    return sent;
  }
  /** Sends `data` to all WebSockets that have subscribed to `topic`. */
  publish(topic, data) { return this.#publish(topic, data, undefined); }
  subscriberCount(topic) { return this.#topics.get(topic)?.size ?? 0; }

  async [Symbol.asyncDispose]() { await this.stop(); }
  [Symbol.dispose]() { this.stop(true); }
}

function workersOf(options) {
  const { workers = 1 } = options;
  if (!Number.isInteger(workers) || workers < 1 || workers > 1024) throw invalid('workers', 'a whole number from 1 to 1024', workers);
  if (workers === 1) return undefined;
  if ((options.unix ?? options.path) !== undefined) throw invalid('workers', '1 where the server listens at a Unix socket', workers);
  const module = lookup('dv8:serve_workers');
  if (module === undefined) throw new Error('serve(options): the executable has no threads: pack it with --include=dv8:serve_workers');
  return module.workersOf(workers);
}

function handlerOf(options) {
  const handler = options.fetch ?? options.handler;
  if (typeof handler !== 'function') throw invalid('fetch', 'a function that returns a Response', handler);
  return handler;
}

/**
 * Begins to serve. `serve(options)`, `serve(handler)` or `serve(options, handler)`; `fetch` (or `handler`) of the options
 * is called as `fetch(request, server)` and returns a Response or a promise of one.
 *
 * - `hostname` ('0.0.0.0'), `port` (3000; 0 for any), `unix` (a socket's path instead), `reusePort`, `backlog`
 *
 * - `workers` (1): in how many threads the program runs. Each runs it from its first line, as the first one does, and
 *   listens by its own call of serve(); `workerId()` tells them apart. The server of the first thread stops those of the
 *   others, and an error that nothing catches in one of them ends the program. What is of a server (its WebSockets' topics,
 *   `pendingRequests`, `reload()`) is of one thread. Once a program; not for a Unix socket.
 *
 * - `tls`: {key, cert, passphrase, ca}: PEM; with `ca` clients need a certificate of it. TLS 1.2 and 1.3.
 *
 * - `error(error)` (or `onError`): the Response for what `fetch` threw; without it the error is printed, and it is 500
 *
 * - `onListen({hostname, port, transport})`, `signal` (an AbortSignal that stops the server)
 *
 * - `idleTimeout` (10 s without a byte where one is awaited), `headersTimeout` (60 s for a request's head); 0 is none
 *
 * - `maxRequestBodySize` (128 MiB; 413), `maxHeaderSize` (16 KiB; 431)
 *
 * - `websocket`: {open(ws), message(ws, data), close(ws, code, reason), drain(ws), ping(ws, data), pong(ws, data),
 *   idleTimeout (120 s), maxPayloadLength (16 MiB)} for Server.upgrade()
 *
 * @returns {Server}
 */
export function serve(options, handler = undefined) {
  if (typeof options === 'function') return new Server({}, options);
  if (options === null || typeof options !== 'object') throw invalid('options', 'an object or a function', options);
  return new Server(options, handler ?? handlerOf(options));
}

/** Which of the threads of `workers` this is: 0 in the first one, and in programs without. */
export function workerId() { return lookup('dv8:serve_workers')?.workerId() ?? 0; }

/** The file at `path`, in the executable or on the disk, as the body of a Response: `new Response(file('logo.png'))`. */
export function file(path) {
  if (typeof path !== 'string') throw invalid('path', 'a string', path);
  return new ServeFile(path);
}

/**
 * A function that answers GET and HEAD of what lies below `folder`, in the executable (`dv8pack --asset`) or else on the
 * disk, with ETag, Last-Modified, 304 and ranges; for other requests it returns undefined. Files whose names begin with a
 * dot are not there. `prefix` is the part of the URL's path that stands for the folder, `index` what stands for a folder
 * ('index.html'; '' for nothing), `headers` are added.
 *
 * @example
 * import { serve, staticFiles } from 'dv8:serve';
 * const files = staticFiles('public', { headers: { 'cache-control': 'max-age=60' } });
 * const server = serve({ port: 0, fetch: (request) => files(request) ?? new Response('Not found', { status: 404 }) });
 * console.log((await fetch(`http://127.0.0.1:${server.port}/no-such-file`)).status); //> 404
 * await server.stop();
 */
export function staticFiles(folder, options = {}) {
  if (typeof folder !== 'string') throw invalid('folder', 'a string', folder);
  return makeStaticFiles(folder, options);
}

// For the packer: what an entry exports serves, when it can.
export function serveEntry(exports) {
  const entry = exports?.default;
  // What serve() gave serves already.
  if (entry instanceof Server) return;
  if (entry === null || (typeof entry !== 'object' && typeof entry !== 'function') || typeof entry.fetch !== 'function') return;
  const server = serve(entry, entry.fetch);
  if (typeof entry.onListen !== 'function') console.log(`Listening on ${server.url}`);
}

// The globals. fetch() of Node's library has its own.
function define(name, value) {
  delete globalThis[name];  // To define it anew would load undici.
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
}

const nodesFetch = globalThis.fetch;
if (nodesFetch !== undefined) {
  define('fetch', async function fetch(input, init = undefined) {
    if (arguments.length === 0) throw new TypeError("fetch needs 1 argument, and got 0");
    const own = isRequest(input) ? [input.url, { ...initOf(input), ...init }] : [input, init];
    return fromForeign(await nodesFetch(...own));
  });
}
for (const [name, value] of Object.entries({ Headers, Request, Response })) define(name, value);
main.dv8.serve = serve;

/**
 * Starts a server that listens nowhere, and answers a request that nobody sent, so that what a server's start and its
 * first request call is compiled in the snapshot.
 */
function rehearse() {
  const { Native } = Connections;
  let receive;
  Connections.Native = class {
    constructor(onRequest) { receive = onRequest; }
    setLimits() {}
    listen() {}
    port() { return kDefaultPort; }
    respond() { return 0; }
  };
  const server = serve({
    port: kDefaultPort,
    hostname: 'localhost',
    fetch(request) {
      const init = { status: 200, headers: { 'Content-Type': request.headers.get('accept') ?? request.method } };
      return new Response(`${request.url} ${server.url} ${server.port}`, init);
    },
  });
  Connections.Native = Native;
  receive(0, 0, 1, '/\nhost:localhost\naccept:text/plain', 0);
}
rehearse();

export default { serve, file, staticFiles, workerId, Server, Headers, Request, Response };
