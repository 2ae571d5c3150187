// URL and URLSearchParams.
const show = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message, error.input, error.base);
  }
};
for (const [input, base] of [
  ['https://user:pa%20ss@example.com:8080/a/../b/./c?x=1&y=%20#frag'], ['HTTP://EXAMPLE.com:80/'], ['//x/y', 'https://a/b'], ['?q', 'http://a/b?c#d'], ['#h', 'http://a/b?c#d'],
  ['../../x', 'http://a/b/c/d'], ['file:///C:/a b'], ['file:relative', 'file:///base/dir/'], ['data:text/plain,hi there'], ['mailto:a@b'], ['http://[::1]:3000/'], ['http://münchen.de/ä?ö#ü'],
  ['http://1.2.3'], ['http://0x7f.1/'], ['nope'], [''], ['http://a b/'], ['http://a:99999/'], ['x', 'y'], ['http://'], ['blob:https://a/b'], ['javascript:alert(1)'], ['  http://trim.me  '], ['http:\\\\back\\slash'], ['https://a.b/\tc\nd'],
]) {
  show(() => {
    const url = new URL(input, base);
    return [url.href, url.origin, url.protocol, url.username, url.password, url.host, url.hostname, url.port, url.pathname, url.search, url.hash].join(' | ');
  });
}
const url = new URL('http://a.b/c?d=e#f');
for (const [key, value] of [['protocol', 'https'], ['port', '81'], ['port', ''], ['port', '443'], ['port', 'x'], ['hostname', 'x.y'], ['host', 'q:5'], ['pathname', '/new path'], ['search', 'a=b c'], ['search', ''], ['hash', 'ä'], ['hash', ''], ['username', 'me@'], ['password', 'p:w'], ['protocol', 'mailto'], ['href', 'http://other/'], ['host', ''], ['pathname', 'rel?']]) {
  url[key] = value;
  console.log(key, value, url.href);
}
show(() => { url.href = 'bad'; });
console.log(url);
console.log(url.searchParams, JSON.stringify({ url }), `${url}`, URL.canParse('http://x'), URL.canParse('x'), URL.canParse('x', 'http://y'));
url.searchParams.append('k', 'v w');
url.searchParams.append('k', '&=');
console.log(url.href, url.search);
url.search = '?z=1&z=2';
console.log(url.searchParams.getAll('z'));
url.searchParams.delete('z');
console.log(url.href);
const params = new URLSearchParams('?a=1&b=2&a=3&c=%F0%9F%98%80+x&&=e&f');
console.log(params, params.size, [...params], params.get('a'), params.get('none'), params.getAll('a'), params.has('b'), params.has('a', '3'), params.has('a', '9'));
params.set('a', 'new');
params.delete('b');
params.sort();
console.log(String(params), [...params.keys()], [...params.values()]);
params.forEach((value, key) => console.log(key, value));
console.log(`${new URLSearchParams({ x: '1', y: 'ä' })}`, `${new URLSearchParams([['a', 'b'], ['c', 'd']])}`, `${new URLSearchParams(new Map([['m', 'n']]))}`, `${new URLSearchParams()}`);
show(() => new URLSearchParams([['a']]));
show(() => new URLSearchParams([1]));
show(() => new URL());
show(() => params.append('a'));
show(() => Object.prototype.toString.call(url) + Object.prototype.toString.call(params));
show(() => Object.keys(URL.prototype).sort().join());
show(() => params.entries().next());
show(() => params.entries());
show(() => params.keys());
