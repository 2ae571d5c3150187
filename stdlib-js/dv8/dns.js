/**
 * @module dv8:dns — a resolver (c-ares). It asks the servers of /etc/resolv.conf, which is all that it
 * needs to be there, with its search domains and options; the environment changes nothing.
 *
 * @example
 * import { DNS } from 'dv8:dns';
 * const dns = new DNS({ timeout: 200, tries: 1, search: [] });
 * dns.setServers(['127.0.0.1:1']); // Nobody answers there.
 * console.log(dns.getServers()); //> [ '127.0.0.1:1' ]
 * try {
 *   await dns.resolve('example.test', 'A');
 * } catch (error) {
 *   console.log(error.syscall, error.hostname); //> queryA example.test
 * }
 * console.log(await dns.lookup('127.0.0.1')); //> [ { address: '127.0.0.1', family: 4 } ]
 * dns.close();
 */
import { queueMicrotask } from '../internal/services.js';
import { A, AAAA, CNAME, MX, NS, PTR, Resolver, SRV, TXT } from 'internal:dv8_dns';

const NUMBERS = { __proto__: null, A, AAAA, CNAME, MX, NS, PTR, SRV, TXT };

const SHAPES = {
  __proto__: null,
  A: ([address, ttl]) => ({ address, ttl }),
  AAAA: ([address, ttl]) => ({ address, ttl }),
  CNAME: ([name]) => name,
  MX: ([exchange, priority]) => ({ exchange, priority }),
  NS: ([name]) => name,
  PTR: ([name]) => name,
  SRV: ([name, port, priority, weight]) => ({ name, port, priority, weight }),
  TXT: (parts) => parts,
};

function checkInteger(name, value, least, most) {
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`DNS: ${name} ${value} is not a whole number from ${least} to ${most}`);
  return value;
}

function checkName(what, name) {
  if (typeof name !== 'string' || name === '' || name.length > 255 || name.includes('\0')) throw new TypeError(`${what}: the name must be a string of 1 to 255 characters`);
  return name;
}

/** "in-addr.arpa" and "ip6.arpa" names of an address (RFC 1035, RFC 3596). */
function reverseName(ip) {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(ip) && ip.split('.').every((part) => part <= 255)) return `${ip.split('.').reverse().join('.')}.in-addr.arpa`;
  if (!/^[\da-f:]+(:\d{1,3}(\.\d{1,3}){3})?$/i.test(ip) || !ip.includes(':')) throw new TypeError(`reverse: '${ip}' is no IP address`);
  const plain = ip.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`);
  const halves = plain.split('::');
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length > 2 || (tail === undefined ? missing !== 0 : missing < 1)) throw new TypeError(`reverse: '${ip}' is no IP address`);
  const groups = [...head, ...new Array(tail === undefined ? 0 : missing).fill('0'), ...(tail ?? [])];
  if (groups.some((group) => group.length > 4)) throw new TypeError(`reverse: '${ip}' is no IP address`);
  return `${groups.map((group) => group.padStart(4, '0')).join('').split('').reverse().join('.')}.ip6.arpa`;
}

/**
 * A resolver. Its calls take a callback `fn(error, records)` last, or give a promise without one. An
 * error has a code, as in Node: ENOTFOUND, ENODATA, ESERVFAIL, EREFUSED, ETIMEOUT, ECONNREFUSED,
 * ECANCELLED, EBADNAME, EBADRESP and others; and syscall and hostname.
 */
export class DNS {
  #native;

  /**
   * @param {object} [options] - timeout: milliseconds to the first retry (2000), tries: for each server
   *   (3), ndots, search: domains in place of resolv.conf's, servers: as setServers() takes them.
   */
  constructor({ timeout = 2000, tries = 3, ndots = -1, search, servers } = {}) {
    checkInteger('timeout', timeout, 1, 600000);
    checkInteger('tries', tries, 1, 100);
    if (ndots !== -1) checkInteger('ndots', ndots, 0, 15);
    if (search !== undefined && !(Array.isArray(search) && search.every((domain) => typeof domain === 'string'))) throw new TypeError('DNS: search must be an array of domains');
    this.#native = new Resolver(timeout, tries, ndots, search ?? null);
    if (servers !== undefined) this.setServers(servers);
  }

  /** dv8's own resolver had this and no more. @returns {number} 0 */
  hello() { return 0; }

  #start(what, hostname, fn, begin) {
    if (fn === undefined) return new Promise((resolve, reject) => this.#start(what, hostname, (error, records) => (error ? reject(error) : resolve(records)), begin));
    if (typeof fn !== 'function') throw new TypeError(`${what}: the callback must be a function`);
    begin((status, text, rows) => {
      if (status === 'OK') fn(null, rows);
      else fn(Object.assign(new Error(`${what} ${status} ${hostname}`), { code: status, errno: status, syscall: what, hostname, detail: text }));
    });
    return undefined;
  }

  /**
   * The records of `type` that a name has; a name with fewer dots than ndots is tried in the search
   * domains too.
   * @param {string} [type='A'] - A and AAAA give {address, ttl}, MX {exchange, priority}, SRV {name, port,
   *   priority, weight}, TXT arrays of strings, CNAME, NS and PTR names.
   */
  resolve(name, type = 'A', fn = undefined) {
    if (typeof type === 'function') return this.resolve(name, 'A', type);
    checkName('resolve', name);
    const number = NUMBERS[type];
    if (number === undefined) throw new TypeError(`resolve: type '${type}' is none of ${Object.keys(NUMBERS).join(', ')}`);
    if (/^\.|\.\./.test(name)) {
      return this.#start(`query${type}`, name, fn, (done) => queueMicrotask(() => done('EBADNAME', 'a part of the name is empty')));
    }
    return this.#start(`query${type}`, name, fn, (done) => this.#native.query(name, number, (status, text, rows) => {
      // What was asked for and is not in the answer.
      if (status === 'OK' && rows.length === 0) done('ENODATA', 'no such record');
      else done(status, text, rows?.map(SHAPES[type]));
    }));
  }

  /** The names that an IP address has: PTR records. */
  reverse(ip, fn = undefined) {
    // The dot keeps it out of the search domains.
    const name = `${reverseName(`${ip}`)}.`;
    return this.#start('getHostByAddr', `${ip}`, fn, (done) => this.#native.query(name, PTR, (status, text, rows) => done(status, text, rows?.map(SHAPES.PTR))));
  }

  /**
   * The addresses {address, family} of a name from /etc/hosts, when it is there, or the servers.
   * "localhost" needs neither (RFC 6761).
   * @param {number} [family=0] - 4 or 6 for one family only.
   */
  lookup(name, family = 0, fn = undefined) {
    if (typeof family === 'function') return this.lookup(name, 0, family);
    checkName('lookup', name);
    if (![0, 4, 6].includes(family)) throw new RangeError(`lookup: family ${family} is none of 0, 4 and 6`);
    if (/^(.+\.)?localhost\.?$/i.test(name)) {
      const own = [['127.0.0.1', 4], ['::1', 6]].filter(([, number]) => family === 0 || family === number);
      return this.#start('getaddrinfo', name, fn, (done) => queueMicrotask(() => done('OK', '', own.map(([address, number]) => ({ address, family: number })))));
    }
    return this.#start('getaddrinfo', name, fn, (done) => this.#native.lookup(name, family, (status, text, rows) => done(status, text, rows?.map(([address, number]) => ({ address, family: number })))));
  }

  /** The servers to ask from now on: "ip" or "ip:port", "[ip6]:port". @throws {TypeError} when one is neither. */
  setServers(servers) {
    if (!Array.isArray(servers) || servers.length === 0) throw new TypeError('setServers: an array of addresses is needed');
    const list = servers.map((server) => `${server}`);
    for (const server of list) if (!/^(\d+(\.\d+){3}|[\da-f:.]*:[\da-f:.]*|\[[\da-f:.]+\])(:\d+)?$/i.test(server)) throw new TypeError(`setServers: '${server}' is no address`);
    const status = this.#native.setServers(list.map((server) => (/^[^[].*:.*:/.test(server) ? `[${server}]` : server)).join());
    if (status !== 'OK') throw Object.assign(new TypeError(`setServers: ${list.join()}: ${status}`), { code: status });
  }

  /** The servers that are asked: "ip", or "ip:port" when it is not 53. */
  getServers() {
    return this.#native.servers().map(([ip, port]) => (port === 53 ? ip : `${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
  }

  /** Ends what is being asked: ECANCELLED. */
  cancel() { this.#native.cancel(); }

  /** Ends what is being asked, EDESTRUCTION, and gives the resolver up. Twice is harmless. */
  close() { this.#native.close(); }
}

export default { DNS };
