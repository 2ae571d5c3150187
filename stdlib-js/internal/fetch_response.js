// Response of the Fetch Standard, made for being sent: nothing is computed that nobody asks for.
import { Body, cloneBody, extract, isUnusable, makeEnumerable, mixBody } from './fetch_body.js';
import { headersOf, lowerName, listFrom, listOf } from './fetch_headers.js';
import { parseUrl } from 'internal:dv8_serve';

const kText = 'text/plain;charset=UTF-8';
const kReason = /^[\t\x20-\x7e\x80-\xff]*$/;
const kRedirects = [301, 302, 303, 307, 308];
const kNullBody = [101, 103, 204, 205, 304];
const kType = 'content-type';

let partsOf;
let responseOf;

export class Response {
  #status = 200;
  #statusText = '';
  #list;  // Of the headers, while nobody has asked for the object.
  #headers = undefined;
  #body = null;
  #rest = undefined;  // {type, url, redirected} of one that was fetched, or of error().

  static {
    partsOf = (response) => ({
      status: response.#status,
      statusText: response.#statusText,
      list: response.#headers === undefined ? response.#list : listOf(response.#headers),
      body: response.#body,
    });
    responseOf = (status, statusText, list, body, rest) => {
      const response = new Response();
      response.#status = status;
      response.#statusText = statusText;
      response.#list = list;
      response.#body = body;
      response.#rest = rest;
      return response;
    };
  }

  constructor(body = undefined, init = undefined) {
    let list;
    if (init === undefined || init === null) {
      list = [];
    } else {
      if (typeof init !== 'object' && typeof init !== 'function') throw new TypeError('new Response(body, init): init must be an object');
      const { headers, status, statusText } = init;
      if (status !== undefined) this.#setStatus(status);
      if (statusText !== undefined) {
        this.#statusText = `${statusText}`;
        if (!kReason.test(this.#statusText)) throw new TypeError(`Invalid statusText "${this.#statusText}"`);
      }
      list = listFrom(headers);
    }
    this.#list = list;
    if (body === undefined || body === null) return;
    let type = kText;
    if (typeof body === 'string') {
      this.#body = new Body(body);
    } else {
      [this.#body, type] = extract(body);
    }
    if (kNullBody.includes(this.#status)) throw new TypeError(`Invalid response status code ${this.#status}: it has no body`);
    if (type !== undefined) this.#setType(type);
  }

  #setStatus(status) {
    const number = status & 0xffff;
    if (number < 200 || number > 599) throw new RangeError(`init["status"] must be in the range of 200 to 599, inclusive: ${status}`);
    this.#status = number;
  }

  #setType(type) {
    const list = this.#list;
    for (let i = 0; i < list.length; i += 2) if (list[i] === kType) return;
    list.push(kType, type);
  }

  get type() { return this.#rest?.type ?? 'default'; }
  get url() { return this.#rest?.url ?? (this.#status, ''); }
  get redirected() { return this.#rest?.redirected ?? (this.#status, false); }
  get status() { return this.#status; }
  get ok() { return this.#status >= 200 && this.#status <= 299; }
  get statusText() { return this.#statusText; }
  get headers() {
    return this.#headers ??= headersOf(this.#list, '', this.#rest !== undefined);
  }

  clone() {
    if (isUnusable(this.#body)) throw new TypeError('Response.clone: Body has already been consumed.');
    return responseOf(this.#status, this.#statusText, partsOf(this).list.slice(), cloneBody(this.#body), this.#rest);
  }

  static error() { return responseOf(0, '', [], null, { type: 'error', url: '', redirected: false }); }

  static redirect(url, status = 302) {
    const href = parseUrl(`${url}`);
    if (href === undefined) throw new TypeError(`Failed to parse URL from ${url}`);
    const number = status & 0xffff;
    if (!kRedirects.includes(number)) throw new RangeError(`Invalid status code ${status}`);
    return responseOf(number, '', ['location', href], null, { type: 'default', url: '', redirected: false });
  }

  static json(data, init = undefined) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError('Response.json(data): data is not JSON');
    const response = new Response(null, init);
    if (kNullBody.includes(response.#status)) throw new TypeError(`Invalid response status code ${response.#status}: it has no body`);
    response.#body = new Body(text);
    response.#setType('application/json');
    return response;
  }

  static isInstance(value) { return typeof value === 'object' && value !== null && #status in value; }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    const { status, statusText, headers, body, bodyUsed, ok, redirected, type, url } = this;
    const shown = { status, statusText, headers, body, bodyUsed, ok, redirected, type, url };
    return `Response ${inspect === undefined ? JSON.stringify({ status, url }) : inspect(shown, options)}`;
  }
}

export const { isInstance: isResponse } = Response;
delete Response.isInstance;
export { partsOf, responseOf };

mixBody(Response, (response) => partsOf(response).body);
makeEnumerable(Response, 'Response');
for (const name of ['error', 'json', 'redirect']) Object.defineProperty(Response, name, { enumerable: true });

/** Our Response of one of Node's library or of a package: what has its attributes. */
export function fromForeign(response) {
  const list = [];
  for (const [name, value] of response.headers) list.push(lowerName(name), value);
  const stream = response.body ?? undefined;
  return responseOf(response.status, response.statusText ?? '', list, stream === undefined ? null : new Body(undefined, stream),
                    { type: response.type ?? 'default', url: response.url ?? '', redirected: response.redirected === true });
}

