// node:url: the WHATWG classes, file URLs, and the legacy parser of npm's url package.
import * as native from 'internal:url';
import legacy from 'url/url.js';
import { fileURLToPath, pathToFileURL } from '../internal/file_url.js';
import { validateString } from '../internal/validators.js';
import { URL, URLSearchParams } from '../web/url.js';

/** A WHATWG URL as text, without the parts that `options` turns off; others by the legacy rules. */
function format(url, options) {
  if (!(url instanceof URL)) {
    const text = legacy.format(url);
    // Node puts the slashes after a scheme only, or where they are asked for.
    return typeof url === 'object' && !url.protocol && !url.slashes && text.startsWith('//') ? text.slice(2) : text;
  }
  const { auth = true, fragment = true, search = true, unicode = false } = options ?? {};
  const copy = new URL(url.href);
  if (!auth) copy.username = copy.password = '';
  if (!fragment) copy.hash = '';
  if (!search) copy.search = '';
  return unicode ? copy.href.replace(copy.hostname, native.domainToUnicode(copy.hostname)) : copy.href;
}

/** Node's checks and the query as an object without prototype, over the npm package. */
function parse(url, parseQuery, slashesDenoteHost) {
  if (url instanceof legacy.Url) return url;
  validateString(url, 'url');
  return legacy.parse(url, parseQuery, slashesDenoteHost);
}

/** The options of http.request from a URL. */
function urlToHttpOptions(url) {
  const options = {
    protocol: url.protocol,
    hostname: url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname,
    hash: url.hash,
    search: url.search,
    pathname: url.pathname,
    path: `${url.pathname}${url.search}`,
    href: url.href,
  };
  if (url.port !== '') options.port = Number(url.port);
  if (url.username || url.password) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return options;
}

export default {
  URL,
  URLSearchParams,
  Url: legacy.Url,
  domainToASCII: (domain) => native.domainToAscii(`${domain}`),
  domainToUnicode: (domain) => native.domainToUnicode(`${domain}`),
  fileURLToPath,
  format,
  parse,
  pathToFileURL,
  resolve: legacy.resolve,
  resolveObject: legacy.resolveObject,
  urlToHttpOptions,
};
