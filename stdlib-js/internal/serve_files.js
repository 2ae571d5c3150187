// Files as bodies: those in the executable, and those on the disk, with ETag, Last-Modified and ranges.
import * as assets from 'internal:assets';
import { decode } from 'internal:buffer';
import { closeFile, digest, openFile, readFile } from 'internal:dv8_serve';
import { Body } from './fetch_body.js';
import { Response, responseOf } from './fetch_response.js';

const kRoot = '/app/';
const TYPES = {
  __proto__: null,
  avif: 'image/avif', css: 'text/css;charset=utf-8', csv: 'text/csv;charset=utf-8', gif: 'image/gif', gz: 'application/gzip',
  htm: 'text/html;charset=utf-8', html: 'text/html;charset=utf-8', ico: 'image/vnd.microsoft.icon', jpeg: 'image/jpeg', jpg: 'image/jpeg',
  js: 'text/javascript;charset=utf-8', json: 'application/json', map: 'application/json', md: 'text/markdown;charset=utf-8',
  mjs: 'text/javascript;charset=utf-8', mp3: 'audio/mpeg', mp4: 'video/mp4', ogg: 'audio/ogg', otf: 'font/otf', pdf: 'application/pdf',
  png: 'image/png', svg: 'image/svg+xml', tar: 'application/x-tar', ttf: 'font/ttf', txt: 'text/plain;charset=utf-8', wasm: 'application/wasm',
  wav: 'audio/wav', webm: 'video/webm', webmanifest: 'application/manifest+json', webp: 'image/webp', woff: 'font/woff',
  woff2: 'font/woff2', xml: 'text/xml;charset=utf-8', zip: 'application/zip',
};

function typeOf(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return (dot < 0 ? undefined : TYPES[name.slice(dot + 1).toLowerCase()]) ?? 'application/octet-stream';
}

const packed = new Map(); // Index -> {bytes, etag}, read once.

function readPacked(index) {
  let file = packed.get(index);
  if (file === undefined) {
    const bytes = new Uint8Array(assets.read(index));
    packed.set(index, file = { bytes, etag: `"${digest(bytes)}"` });
  }
  return file;
}

/** The number of an embedded file; -1 when there is none. */
function findPacked(path) {
  if (assets.count() === 0) return -1;
  return assets.find(path.startsWith('/') ? path : kRoot + path.replace(/^(?:\.\/)+/, ''));
}

/** A file as `new Response(file)` takes it. */
export class ServeFile {
  constructor(path, start = 0, end = undefined, stat = undefined) {
    this.isServeFile = true;
    this.path = path;
    this.start = start;
    this.end = end;
    this.known = stat;
  }

  get type() { return typeOf(this.path); }

  /** {size, etag, changed, bytes}; throws ENOENT. */
  stat() {
    if (this.known !== undefined) return this.known;
    const index = findPacked(this.path);
    if (index >= 0) {
      const { bytes, etag } = readPacked(index);
      return (this.known = { size: bytes.length, etag, changed: undefined, bytes });
    }
    const [fd, size, changed] = this.open();
    closeFile(fd);
    return (this.known = { size, etag: `"${size.toString(16)}-${changed.toString(16)}"`, changed, bytes: undefined });
  }

  open() {
    const opened = openFile(this.path);
    if (typeof opened !== 'number') return opened;
    const code = { '-2': 'ENOENT', '-13': 'EACCES', '-20': 'ENOTDIR', '-21': 'EISDIR' }[opened] ?? 'EIO';
    throw Object.assign(new Error(`${code}: cannot open '${this.path}'`), { code, errno: opened, syscall: 'open', path: this.path });
  }

  get size() { return (this.end ?? this.stat().size) - this.start; }

  async bytes() {
    const { bytes, size } = this.stat();
    const end = this.end ?? size;
    if (bytes !== undefined) return bytes.slice(this.start, end);
    const [fd] = this.open();
    try {
      return new Uint8Array(readFile(fd, this.start, end - this.start));
    } finally {
      closeFile(fd);
    }
  }
  async text() {
    const bytes = await this.bytes();
    return decode(bytes, 0, bytes.length, 0);
  }
  async json() { return JSON.parse(await this.text()); }
  async arrayBuffer() { return (await this.bytes()).slice().buffer; }

  /** Called by serve_connections.js. */
  send(connections, slot, serial, status, flags, reason, fields) {
    const { native } = connections;
    let stat;
    let opened;
    try {
      stat = this.stat();
      if (stat.bytes === undefined) opened = this.open();
    } catch (error) {
      return connections.fail(slot, serial, error);
    }
    // It may have become shorter since it was looked at.
    const end = Math.min(this.end ?? Infinity, opened?.[1] ?? stat.size);
    if (opened === undefined) {
      native.respond(slot, serial, status, flags, reason, fields, this.start === 0 && end === stat.size ? stat.bytes : stat.bytes.subarray(this.start, end));
      return undefined;
    }
    const size = Math.max(end - this.start, 0);
    const sent = native.respond(slot, serial, status, flags, reason, fields, size);
    if (sent === 2) native.sendFile(slot, serial, opened[0], this.start, size);
    else closeFile(opened[0]);
    return undefined;
  }
}

function matches(list, etag) { return list.trim() === '*' || list.split(',').some((item) => item.trim().replace(/^W\//, '') === etag); }

function seconds(milliseconds) { return Math.floor(milliseconds / 1000) * 1000; }

/** [start, end] that `Range: bytes=…` asks for; null when it cannot be had, undefined when it is to be ignored. */
function rangeOf(header, size) {
  const found = /^bytes=([0-9]*)-([0-9]*)$/.exec(header.trim());
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  if (found[1] === '') {
    const last = Number(found[2]);
    return last === 0 || size === 0 ? null : [Math.max(size - last, 0), size];
  }
  const start = Number(found[1]);
  const end = found[2] === '' ? size : Math.min(Number(found[2]) + 1, size);
  if (found[2] !== '' && Number(found[2]) < start) return undefined;
  return start >= size ? null : [start, end];
}

/** The response to a GET or HEAD of `path`: with its validators, 304, 206, 416. */
export function respondWithFile(request, path, headers = []) {
  const file = new ServeFile(path);
  const stat = file.stat();
  const list = ['content-type', file.type, 'etag', stat.etag, 'accept-ranges', 'bytes', ...headers];
  if (stat.changed !== undefined) list.push('last-modified', new Date(stat.changed).toUTCString());
  const asked = request.headers;
  const noneMatch = asked.get('if-none-match');
  const since = asked.get('if-modified-since');
  const isSame = noneMatch !== null ? matches(noneMatch, stat.etag)
                                    : since !== null && stat.changed !== undefined && Date.parse(since) >= seconds(stat.changed);
  if (isSame) return responseOf(304, '', list.slice(2), null, undefined);
  const match = asked.get('if-match');
  if (match !== null && !matches(match, stat.etag)) return responseOf(412, '', list.slice(2), null, undefined);
  const range = request.method === 'GET' ? asked.get('range') : null;
  const condition = asked.get('if-range');
  const isRangeMeant = range !== null && (condition === null || condition === stat.etag ||
    (stat.changed !== undefined && Date.parse(condition) === seconds(stat.changed)));
  const part = isRangeMeant ? rangeOf(range, stat.size) : undefined;
  if (part === null) return responseOf(416, '', ['content-range', `bytes */${stat.size}`], null, undefined);
  if (part === undefined) return responseOf(200, '', list, new Body(file), undefined);
  list.push('content-range', `bytes ${part[0]}-${part[1] - 1}/${stat.size}`);
  return responseOf(206, '', list, new Body(new ServeFile(path, part[0], part[1], stat)), undefined);
}

/** The path below a folder that a URL's path names; undefined when it names none. */
function pathBelow(pathname) {
  let path;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\')) return undefined;
  const parts = path.split('/').filter((part) => part !== '');
  // Nothing outside, and nothing that is hidden.
  if (parts.some((part) => part.startsWith('.') && part !== '.well-known')) return undefined;
  return parts.join('/') + (path.endsWith('/') && parts.length > 0 ? '/' : '');
}

function isPackedFolder(root) {
  const start = `${root.startsWith('/') ? root : kRoot + root.replace(/^(?:\.\/)+/, '')}/`;
  for (let i = 0; i < assets.count(); i++) if (assets.path(i).startsWith(start)) return true;
  return false;
}

/** What staticFiles() returns. */
export function makeStaticFiles(folder, { prefix = '/', index = 'index.html', headers = {} } = {}) {
  const root = folder.replace(/\/+$/, '');
  const start = prefix.endsWith('/') ? prefix : `${prefix}/`;
  // What lies on the disk under the name of a packed folder is not meant.
  let isPacked;
  const fields = Object.entries(headers).flatMap(([name, value]) => [name.toLowerCase(), `${value}`]);
  return function files(request) {
    const pathname = /^[a-z]+:\/\/[^/]*([^?#]*)/.exec(request.url)[1];
    if (!pathname.startsWith(start)) return undefined;
    const below = pathBelow(pathname.slice(start.length - 1));
    if (below === undefined) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
    isPacked ??= isPackedFolder(root);
    const isFolder = below === '' || below.endsWith('/');
    const path = `${root}/${below}${isFolder ? index : ''}`;
    const redirect = () => new Response(null, { status: 308, headers: { location: `./${pathname.slice(pathname.lastIndexOf('/') + 1)}/` } });
    if (isPacked && findPacked(path) < 0) return !isFolder && index !== '' && findPacked(`${path}/${index}`) >= 0 ? redirect() : undefined;
    try {
      return respondWithFile(request, path, fields);
    } catch (error) {
      if (error.code === 'EISDIR' && index !== '') return redirect();
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return undefined;
      throw error;
    }
  };
}
