'use strict';
const measure = require('./measure.js');
const url = require('url');
const querystring = require('querystring');

const plain = 'https://example.org/foo/bar?baz=qux#hash';
const long = `https://user:pass@sub.example.com:8080/p/a/t/h/${'segment/'.repeat(20)}?${'key=value&'.repeat(20)}#frag`;
const idn = 'https://bücher.example/straße?q=ü';
const dots = 'https://example.org/a/./b/../c/%7Efoo';
const object = new URL(plain);
const params = 'a=1&b=2&c=3&d=hello%20world&e=%C3%BC';
const pattern = new URLPattern({ pathname: '/users/:id/posts/:post' });

measure({
  'new URL plain': () => new URL(plain).href.length,
  'new URL long': () => new URL(long).href.length,
  'new URL IDN': () => new URL(idn).href.length,
  'new URL dots': () => new URL(dots).href.length,
  'new URL relative': () => new URL('../x/y?z', plain).href.length,
  'URL.canParse': () => (URL.canParse(plain) ? 1 : 0),
  'URL.parse invalid': () => (URL.parse('not a url') === null ? 1 : 0),
  'URL set pathname': (i) => { object.pathname = i & 1 ? '/a/b' : '/c/d'; return 1; },
  'URL set search': (i) => { object.search = i & 1 ? '?a=1' : '?b=2'; return 1; },
  'URL get parts': () => object.hostname.length + object.pathname.length + object.search.length,
  'new URLSearchParams': () => new URLSearchParams(params).size,
  'URL searchParams get': () => new URL(plain).searchParams.get('baz').length,
  'url.parse': () => url.parse(plain).href.length,
  'url.format': () => url.format(object, { fragment: false }).length,
  'pathToFileURL': () => url.pathToFileURL('/home/user/file name.txt').href.length,
  'fileURLToPath': () => url.fileURLToPath('file:///home/user/file%20name.txt').length,
  'domainToASCII': () => url.domainToASCII('español.com').length,
  'querystring.parse': () => Object.keys(querystring.parse(params)).length,
  'querystring.stringify': () => querystring.stringify({ a: 1, b: 'x y', c: 'ü' }).length,
  'URLPattern test': () => (pattern.test('https://example.org/users/12/posts/34') ? 1 : 0),
  'URLPattern exec': () => pattern.exec('https://example.org/users/12/posts/34').pathname.input.length,
});
