// node:path, POSIX, over one table of inputs.
const path = require('path');
const inputs = ['', '.', '..', '/', '//', 'a', 'a/', '/a', '/a/b.txt', 'a/b/../c', './a//b', '../../x', '/..', 'a.b.c', '.bashrc', 'x.', '..x', 'a/.b', '/a/b/', 'C:\\a\\b.txt', 'C:', 'c:a', '\\\\srv\\share\\x', 'a\\..\\b', 'file.', 'a/./b/.', '///x///y', '/a/../..', 'x/../..', 'C:/a/../b', '\\', 'é/ü.tx'];
const show = (fn) => {
  try {
    return JSON.stringify(fn());
  } catch (error) {
    return `${error.name} ${error.code} ${error.message}`;
  }
};
for (const [name, p] of [['posix', path.posix]]) {
  console.log(name, p.sep, p.delimiter, p.posix === path.posix, typeof p.win32);
  for (const input of inputs) {
    console.log(JSON.stringify(input), show(() => [p.normalize(input), p.dirname(input), p.basename(input), p.extname(input), p.isAbsolute(input), p.parse(input), p.format(p.parse(input))]));
  }
  for (const [a, b] of [['/a/b/c', '/a/d'], ['/a', '/a'], ['/a/b', '/a/b/c/d'], ['/', '/x'], ['/x', '/'], ['/foo/bar', '/foo/barbaz'], ['C:\\a\\b', 'C:\\a\\c'], ['C:\\a', 'D:\\b'], ['c:\\x', 'C:\\X\\y']]) {
    console.log('relative', a, b, show(() => p.relative(a, b)));
  }
  for (const parts of [['a', 'b'], ['a', '', '..', 'c'], [], [''], ['/a', '/b'], ['a/', '/b', '..'], ['//x', 'y'], ['\\\\a', 'b']]) {
    console.log('join', JSON.stringify(parts), show(() => p.join(...parts)));
  }
  for (const parts of [['/a', 'b'], ['/a', '/b', 'c'], ['/a', '..', '..', 'x'], ['C:\\a', 'b', '..\\c'], ['C:/x', 'D:y']]) {
    if (name === 'posix' && !parts[0].startsWith('/')) continue;
    if (name === 'win32' && parts[0].startsWith('/')) continue;
    console.log('resolve', JSON.stringify(parts), show(() => p.resolve(...parts)));
  }
  for (const [file, suffix] of [['/a/b.txt', '.txt'], ['b.txt', 'b.txt'], ['b.txt', 'xb.txt'], ['/a/b/', 'b'], ['aaa', 'a'], ['.js', '.js'], ['a.js/', '.js']]) {
    console.log('basename', file, suffix, show(() => p.basename(file, suffix)));
  }
  console.log(show(() => p.format({ dir: '/x', base: 'y.z' })), show(() => p.format({ root: '/', name: 'n', ext: 'e' })), show(() => p.format({ root: '/', dir: '/', base: 'b' })));
  console.log(show(() => p.join('a', 1)), show(() => p.basename(null)), show(() => p.format(null)), show(() => p.dirname({})), show(() => p.resolve('/a', undefined, 'b')), show(() => p.basename('a', 3)));
  console.log(show(() => p.toNamespacedPath('/a/b')), show(() => p.toNamespacedPath(5)), show(() => p.toNamespacedPath('C:\\a')));
}
console.log(path === path.posix, require('path/posix') === path.posix, path.resolve('x') === `${process.cwd()}/x`);
