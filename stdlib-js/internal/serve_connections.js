// Between the native server of dv8:serve and requests and responses: one Connections a server. A request is the slot of
// its connection and its serial number; what waits for something of it is in `watched`.
import { Server } from 'internal:dv8_serve';
import { eachChunk } from './fetch_body.js';
import { incomingOf, isRequest, kIncoming, Request } from './fetch_request.js';
import { fromForeign, isResponse, partsOf, Response } from './fetch_response.js';

// Of ServeResponse, runtime/bindings/serve_connection.h.
const kClose = 1;
const kHasDate = 2;
const kHasLength = 4;
const [kChunk, kBytes, kText] = [0, 1, 2];
const kGone = 0;
const kWantsBody = 2;

function gone() {
  const error = new Error('the connection was closed before the request was whole, or its response is over');
  error.name = 'AbortError';
  error.code = 'ECONNRESET';
  return error;
}

/** The body of a client's request. */
class Incoming {
  constructor(connections, slot, serial) {
    this.isIncoming = true;
    this.connections = connections;
    this.slot = slot;
    this.serial = serial;
  }

  read(how) {
    const { connections: { native }, slot, serial } = this;
    const value = native.pull(slot, serial, how);
    if (value === false) return Promise.reject(gone());
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve, reject) => {
      this.connections.watch(slot, serial).onBody = () => {
        const later = native.pull(slot, serial, how);
        later === false ? reject(gone()) : resolve(later);
      };
    });
  }

  pull() { return this.read(kChunk); }
  text() { return this.read(kText); }
  async bytes() { return new Uint8Array(await this.read(kBytes)); }
  cancel() {}
}

function isResponseLike(value) {
  return value !== null && typeof value === 'object' && typeof value.status === 'number' &&
    typeof value.headers?.[Symbol.iterator] === 'function' && 'body' in value;
}

function report(error) { globalThis.console?.error(error); }

export class Connections {
  static Native = Server;

  /** `handler(request, server)` answers; `onError(error)` may give a Response for what it throws. */
  constructor(server, handler, receiver, onError) {
    this.server = server;
    this.handler = handler;
    this.receiver = receiver;
    this.onError = onError;
    this.native = undefined;
    this.watched = new Map();
    this.sockets = new Map();
    this.upgraded = undefined;  // serial of the request that upgrade() was called for.
  }

  open(onMessage, onClosed) {
    this.native = new Connections.Native(
      (slot, serial, method, head, flags) => { this.take(slot, serial, method, head, flags); },
      (slot, serial) => { this.wake(slot, serial, 'onBody'); },
      (slot, serial) => { this.wake(slot, serial, 'onDrain'); },
      (slot, serial) => { this.abort(slot, serial); },
      onMessage, onClosed);
  }

  watch(slot, serial) {
    let watch = this.watched.get(slot);
    if (watch?.serial !== serial) this.watched.set(slot, watch = { serial, onBody: undefined, onDrain: undefined, onAbort: [] });
    return watch;
  }

  wake(slot, serial, name) {
    const watch = this.watched.get(slot);
    if (watch === undefined || watch.serial !== serial) return this.sockets.get(slot)?.drain(serial);
    const wake = watch[name];
    watch[name] = undefined;
    return wake?.();
  }

  abort(slot, serial) {
    const watch = this.watched.get(slot);
    if (watch === undefined || watch.serial !== serial) return;
    this.watched.delete(slot);
    const { onBody, onDrain, onAbort } = watch;
    onBody?.();
    onDrain?.();
    for (const fn of onAbort) fn();
  }

  // What a Request of this server asks for.
  incoming(slot, serial) { return new Incoming(this, slot, serial); }
  authority() { return this.server.authority; }
  abortsWith(slot, serial, controller) {
    this.watch(slot, serial).onAbort.push(() => controller.abort(gone()));
  }

  take(slot, serial, method, head, flags) {
    const request = new Request(kIncoming, undefined, this, slot, serial, method, head, flags);
    let result;
    try {
      result = Reflect.apply(this.handler, this.receiver, [request, this.server]);
    } catch (error) {
      this.fail(slot, serial, error);
      return;
    }
    if (isResponse(result)) {
      this.send(slot, serial, result);
    } else if (typeof result?.then === 'function') {
      result.then((response) => this.answer(slot, serial, response), (error) => this.fail(slot, serial, error));
    } else {
      this.answer(slot, serial, result);
    }
  }

  answer(slot, serial, result) {
    if (isResponse(result)) {
      this.send(slot, serial, result);
    } else if (isResponseLike(result)) {
      this.send(slot, serial, fromForeign(result));
    } else if (this.sockets.get(slot)?.serial !== serial) {
      this.fail(slot, serial, new TypeError(`fetch() must return a Response, and returned ${result === null ? 'null' : typeof result}`));
    }
  }

  fail(slot, serial, error) {
    const last = (failure) => {
      report(failure);
      this.send(slot, serial, new Response('Internal Server Error\n', { status: 500 }));
    };
    if (this.onError === undefined) return last(error);
    try {
      const result = Reflect.apply(this.onError, this.receiver, [error]);
      if (isResponse(result)) return this.send(slot, serial, result);
      if (typeof result?.then !== 'function') return last(error);
      return result.then((response) => (isResponse(response) ? this.send(slot, serial, response) : last(error)), last);
    } catch (failure) {
      return last(failure);
    }
  }

  /** The response is whole by `last()`: what still waits for something of the request is told, and forgotten. */
  finish(slot, last) {
    const watch = this.watched.get(slot);
    last();
    if (watch !== undefined && this.watched.get(slot) === watch) this.watched.delete(slot);
  }

  send(slot, serial, response) {
    const { status, statusText, list, body } = partsOf(response);
    let fields = '';
    let flags = 0;
    let length;
    for (let i = 0; i < list.length; i += 2) {
      const name = list[i];
      switch (name) {
        case 'content-length': length = list[i + 1]; continue;
        case 'transfer-encoding': case 'keep-alive': continue;
        case 'connection':
          if (/(?:^|,)\s*close\s*(?:,|$)/i.test(list[i + 1])) flags |= kClose;
          else continue;
          break;
        case 'date': flags |= kHasDate; break;
      }
      fields += `${name}: ${list[i + 1]}\r\n`;
    }
    const { native } = this;
    if (status < 200) return this.fail(slot, serial, new TypeError(`fetch() returned a Response of status ${status}`));
    if (body === null) {
      if (length !== undefined && /^[0-9]+$/.test(length)) {
        // Of what HEAD asks about; for other methods the body has no bytes.
        native.respond(slot, serial, status, flags | kHasLength, statusText, `${fields}content-length: ${length}\r\n`, null);
      } else {
        native.respond(slot, serial, status, flags, statusText, fields, null);
      }
      return undefined;
    }
    if (body.used || body.stream?.locked === true) {
      return this.fail(slot, serial, new TypeError('fetch() returned a Response whose body was read'));
    }
    const { source } = body;
    body.used = true;
    if (body.stream === undefined && (typeof source === 'string' || source instanceof Uint8Array)) {
      if (this.watched.size === 0) native.respond(slot, serial, status, flags, statusText, fields, source);
      else this.finish(slot, () => native.respond(slot, serial, status, flags, statusText, fields, source));
      return undefined;
    }
    if (source?.isServeFile === true && body.stream === undefined) return source.send(this, slot, serial, status, flags, statusText, fields);
    const size = source?.size ?? (length !== undefined && /^[0-9]+$/.test(length) ? Number(length) : true);
    const stream = body.stream ?? (source.isIncoming === true ? { iterable: chunksOf(source), locked: false } : source.stream());
    const sent = native.respond(slot, serial, status, flags, statusText, fields, size);
    if (sent !== kWantsBody) {
      cancel(stream, sent === kGone ? gone() : undefined);
      return undefined;
    }
    return this.pump(slot, serial, stream);
  }

  async pump(slot, serial, stream) {
    const { native } = this;
    let stop;
    let over = false;
    const watch = this.watch(slot, serial);
    watch.onAbort.push(() => {
      over = true;
      stop?.(gone());
    });
    try {
      await eachChunk(stream, (chunk) => {
        const more = native.write(slot, serial, chunk);
        if (more === true || over) return undefined;
        if (more === undefined) throw gone();
        return new Promise((resolve) => { watch.onDrain = resolve; });
      }, (fn) => { stop = (reason) => Promise.resolve(fn(reason)).catch(() => {}); });
      if (!over) this.finish(slot, () => native.end(slot, serial));
    } catch (error) {
      // abort() follows.
      if (over || error?.code === 'ECONNRESET') return stop?.(error);
      report(error);
      native.abort(slot, serial);
    }
    return undefined;
  }
}

async function* chunksOf(incoming) {
  for (;;) {
    const chunk = await incoming.pull();
    if (chunk === null) return;
    yield new Uint8Array(chunk);
  }
}

function cancel(stream, reason) {
  if (stream.iterable !== undefined) stream.iterable[Symbol.asyncIterator]().return?.();
  else stream.cancel(reason).catch(() => {});
}

/** Where a client's request is: {connections, slot, serial, flags}; throws for others. */
export function placeOf(request, method) {
  if (!isRequest(request)) throw new TypeError(`${method}(request): request is not a Request`);
  const { server, slot, serial, flags } = incomingOf(request);
  return { connections: server, slot, serial, flags };
}
