// node:url: file URLs, the legacy parser, domains.
const url = require('url');
const show = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
for (const input of ['file:///a/b%20c', 'file:///a%2Fb', 'file://host/x', 'http://x/y', 'file:///%E4%B8%AD', 'file:///a?b#c', 5, null]) show(() => url.fileURLToPath(input));
for (const input of ['/a b', '/a%b', '/ä#?', '/a\\b', '/x/', '/new\nline', '/tab\t']) show(() => url.pathToFileURL(input).href);
show(() => url.pathToFileURL(5));
for (const input of ['http://user:pass@host.com:8080/p/a/t/h?query=string#hash', '/a/b?c=d', '//x/y', 'mailto:a@b.c', 'javascript:alert(1)', 'HTTP://EXAMPLE.COM', 'x:y', '', 'http://a.com/ b', 'http://a.com\\b', 'a.com:80/x']) {
  show(() => JSON.stringify(url.parse(input)));
}
show(() => url.parse('/a?b=c&b=d', true).query);
show(() => url.parse('//host/path', false, true).host);
show(() => url.parse(5));
for (const [a, b] of [['/one/two/three', 'four'], ['http://example.com/', '/one'], ['http://example.com/one', '/two'], ['http://a/b/c', '../d'], ['http://a', '//b/c'], ['a/b', '../../c']]) show(() => url.resolve(a, b));
show(() => url.format({ protocol: 'https', host: 'x.y', pathname: '/p', query: { a: 1, b: ['c', 'd'] } }));
show(() => url.format({ hostname: 'h', port: 80, auth: 'u:p', hash: 'x', search: 'q' }));
show(() => url.format(new URL('http://u:p@測試.com/a?b#c'), { auth: false, fragment: false, search: false, unicode: true }));
show(() => url.format('http://x/y z'));
show(() => [url.domainToASCII('español.com'), url.domainToASCII('xn--iñvalid.com'), url.domainToUnicode('xn--espaol-zwa.com')]);
show(() => url.urlToHttpOptions(new URL('https://a:b@測試.com:81/p?q#h')).hostname);
show(() => Object.keys(url).sort().join());
console.log(url.URL === URL, url.URLSearchParams === URLSearchParams);
