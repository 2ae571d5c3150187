// TCP for an isolate that may use some addresses and no others: `system.net`. Its spawner connects and listens for it.
import { addressBytes as parse, listenOn } from 'internal:dv8_isolate';
import { CLOSE, CONNECT, DRAIN, END, ERROR, Listener, READ, closeFd } from 'internal:dv8_stream';
import { encode } from 'internal:buffer';
import { Stream, uvError } from './dv8_stream.js';

const UTF8 = 0;
const CHUNK = 65536; // Bytes that one read gives at most.
const BACKLOG = 511;
const MOST_PORT = 65535;
const MAPPED = 96; // Bits before the address of IPv4 in one of IPv6.

// Where a name that is allowed may not lead: to this machine, to its network, to all of one, and to IPv4 by other ways.
const SPECIAL = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16',
  '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4', '[::]/96', '[::ffff:0:0:0]/96', '[64:ff9b::]/32', '[2001::]/32', '[2002::]/16',
  '[fc00::]/7', '[fe80::]/9', '[ff00::]/8',
];
let special;

// The 16 bytes of an address; undefined for other texts, as those that name an interface.
function addressBytes(text) { return text.includes('%') ? undefined : parse(text); }

function portsOf(text) {
  if (text === '*') return [0, MOST_PORT];
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const ports = match === null ? [] : [Number(match[1]), Number(match[2] ?? match[1])];
  return ports.length === 2 && ports[0] <= ports[1] && ports[1] <= MOST_PORT ? ports : undefined;
}

// A name as it is compared.
function nameOf(text) { return text.toLowerCase().replace(/\.$/, ''); }

// {bytes, bits} of "address", "address/bits"; undefined for others.
function rangeOf(text) {
  const match = /^(?:\[([^\]]*)\]|([^:[\]/]*))(?:\/(\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, six, four, size] = match;
  const bytes = addressBytes(six ?? four);
  // A part of the addresses of IPv4 in IPv6's way to write them would be another one than it looks like.
  if (bytes === undefined || (six !== undefined && !six.includes(':'))) return undefined;
  const most = six === undefined ? 32 : 128;
  const bits = Number(size ?? most);
  return bits > most ? undefined : { bytes, bits: six === undefined ? bits + MAPPED : bits };
}

// {range or name, ports} of "127.0.0.1:80", "10.0.0.0/8:1024-2047", "[::1]:*" or "example.com:443".
function ruleOf(text, method) {
  const colon = `${text}`.lastIndexOf(':');
  const host = `${text}`.slice(0, Math.max(0, colon));
  const ports = portsOf(`${text}`.slice(colon + 1));
  const range = rangeOf(host);
  const isName = method === 'connect' && /^[\w-]+(\.[\w-]+)*\.?$/.test(host) && !/^[\d.]+$/.test(host);
  if (colon < 0 || ports === undefined || (range === undefined && !isName)) {
    throw new TypeError(`isolate.net: ${method}: '${text}' is not ${method === 'connect' ? 'an address or a name' : 'an address'} with a port, such as '127.0.0.1:8080'`);
  }
  return range === undefined ? { name: nameOf(host), ports } : { range, ports };
}

function isIn(bytes, range) {
  for (let bit = 0; bit < range.bits; bit += 8) {
    const mask = range.bits - bit >= 8 ? 0xff : (0xff00 >> (range.bits - bit)) & 0xff;
    if (((bytes[bit >> 3] ^ range.bytes[bit >> 3]) & mask) !== 0) return false;
  }
  return true;
}

function hasPort(rule, port) { return rule.ports[0] <= port && port <= rule.ports[1]; }

function isAllowed(rules, bytes, port) { return rules.some((rule) => rule.range !== undefined && hasPort(rule, port) && isIn(bytes, rule.range)); }

function isSpecial(bytes) {
  special ??= SPECIAL.map(rangeOf);
  return special.some((range) => isIn(bytes, range));
}

function checkPort(port, least) {
  if (!Number.isInteger(port) || port < least || port > MOST_PORT) throw new Error('INVALID_PORT');
}

function bytesOf(data) {
  if (typeof data === 'string') return new Uint8Array(encode(data, UTF8));
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw new Error('INVALID_DATA');
}

// What an isolate gets of a connection: functions. `open` are the streams to close with the isolate.
function connectionOf(stream, open, peer) {
  const input = new Uint8Array(CHUNK);
  const readers = []; // Who waits for bytes.
  const chunks = []; // What nobody has waited for.
  const writers = []; // Who waits until all is written.
  let end; // {error}, or {} at the other side's end.

  function finish(how) {
    end ??= how;
    for (const { resolve, reject } of readers.splice(0)) {
      if (end.error === undefined) resolve(undefined);
      else reject(end.error);
    }
    for (const { reject } of writers.splice(0)) reject(end.error ?? new Error('CLOSED'));
  }

  stream.setBuffers(input, input);
  stream.on(READ, (size) => {
    const chunk = input.slice(0, size).buffer;
    if (readers.length > 0) readers.shift().resolve(chunk);
    else chunks.push(chunk);
    if (readers.length === 0) stream.pause();
  });
  stream.on(END, () => {
    end ??= {};
    for (const { resolve } of readers.splice(0)) resolve(undefined);
  });
  stream.on(DRAIN, () => { for (const { resolve } of writers.splice(0)) resolve(); });
  stream.on(ERROR, (rc, text) => {
    finish({ error: new Error(text) });
    stream.close(false);
  });
  stream.on(CLOSE, () => {
    open.delete(stream);
    finish({});
  });

  return {
    ...peer,
    async read() {
      if (chunks.length > 0) return chunks.shift();
      if (end !== undefined) {
        if (end.error !== undefined) throw end.error;
        return undefined;
      }
      return new Promise((resolve, reject) => {
        readers.push({ resolve, reject });
        if (readers.length === 1) stream.resume();
      });
    },
    async write(data) {
      const bytes = bytesOf(data);
      const rc = stream.writeBytes(bytes);
      if (rc < 0) throw uvError(rc, 'write');
      if (stream.queueSize() === 0) return undefined;
      return new Promise((resolve, reject) => { writers.push({ resolve, reject }); });
    },
    close() { stream.close(true); },
  };
}

function connectTo(address, port, open) {
  return new Promise((resolve, reject) => {
    const stream = new Stream();
    open.add(stream);
    const fail = (error) => {
      stream.close(false);
      open.delete(stream);
      reject(error);
    };
    stream.on(ERROR, (rc, text) => fail(new Error(text)));
    stream.on(CONNECT, () => resolve(connectionOf(stream, open, { address, port })));
    const rc = stream.connectTcp(address, port);
    if (rc < 0) fail(uvError(rc, 'connect'));
  });
}

/** Rules, checked, of isolate.net()'s options: open() gives {net, close()} for one isolate. */
export function netAccess(options) {
  const rulesOf = (method) => Array.from(options[method] ?? [], (text) => ruleOf(text, method));
  const [connecting, listening] = [rulesOf('connect'), rulesOf('listen')];
  const { lookup } = options;
  if (connecting.some((rule) => rule.name !== undefined) && typeof lookup !== 'function') {
    throw new TypeError('isolate.net: connect: names need options.lookup, a function such as dv8:dns has');
  }

  // The addresses of a host that a connection to `port` may go to.
  async function addressesOf(host, port) {
    const literal = addressBytes(host);
    if (literal !== undefined) return isAllowed(connecting, literal, port) ? [host] : [];
    const name = nameOf(host);
    // A name that nobody has allowed is not looked up: that, too, tells others.
    if (!connecting.some((rule) => rule.name === name && hasPort(rule, port))) return [];
    const found = await lookup(name);
    return [found].flat().map((one) => `${one.address ?? one}`).filter((address) => {
      const bytes = addressBytes(address);
      return bytes !== undefined && (!isSpecial(bytes) || isAllowed(connecting, bytes, port));
    });
  }

  function open() {
    const streams = new Set();
    const listeners = new Set();
    let isClosed = false;

    async function connect(to) {
      const { host, port } = Object(to);
      if (typeof host !== 'string') throw new Error('INVALID_ADDRESS');
      checkPort(port, 1);
      const addresses = await addressesOf(host, port);
      if (addresses.length === 0) throw new Error('NOT_ALLOWED');
      let failure;
      for (const address of addresses) {
        if (isClosed) throw new Error('CLOSED');
        try {
          return await connectTo(address, port, streams);
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    }

    async function listen(on) {
      const { address, port, onConnection } = Object(on);
      checkPort(port, 0);
      const bytes = typeof address === 'string' ? addressBytes(address) : undefined;
      if (bytes === undefined) throw new Error('INVALID_ADDRESS');
      if (typeof onConnection !== 'function') throw new Error('NO_ONCONNECTION');
      if (isClosed || !isAllowed(listening, bytes, port)) throw new Error('NOT_ALLOWED');
      const socket = listenOn(address, port);
      const listener = new Listener((fd) => {
        if (fd === null || fd < 0) return;
        const stream = new Stream();
        if (stream.openFd(fd) < 0) {
          closeFd(fd);
          return;
        }
        streams.add(stream);
        // Whoever throws, or is not there any more, has no use for the connection.
        Promise.resolve(onConnection(connectionOf(stream, streams, {}))).catch(() => { stream.close(false); });
      });
      const rc = listener.listenFd(socket.fd, BACKLOG);
      if (rc < 0) {
        closeFd(socket.fd);
        throw uvError(rc, 'listen');
      }
      listeners.add(listener);
      return {
        port: socket.port,
        close() {
          listeners.delete(listener);
          listener.close();
        },
      };
    }

    return {
      net: { connect, listen },
      close() {
        isClosed = true;
        for (const listener of listeners) listener.close();
        for (const stream of streams) stream.close(false);
      },
    };
  }

  return open;
}
