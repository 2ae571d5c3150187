// Making Buffers, text encodings, comparison, search.
const { Buffer, constants, isUtf8, isAscii, transcode, kMaxLength } = require('buffer');
const show = (fn) => {
  try {
    const value = fn();
    console.log(value);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
for (const encoding of ['utf8', 'utf-8', 'UTF8', 'ucs2', 'utf16le', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url', undefined, null, 'nope', 5]) {
  for (const text of ['', 'hello', 'grüße €', '😀x', 'a\ud800b', 'ff00Zz', '/+-_=aGk', 'aGk=', 'abc', '\u00ff\u0100']) {
    show(() => [encoding, text, Buffer.from(text, encoding), Buffer.byteLength(text, encoding), Buffer.from(text, encoding).toString(encoding)]);
  }
}
show(() => Buffer.from([1, 2, 300, -1, 'x', 2.7]));
show(() => Buffer.from(new Uint16Array([1, 256, 65535])));
show(() => Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1));
show(() => Buffer.from(new Uint8Array([1, 2, 3]).buffer, 4));
show(() => Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 5));
show(() => Buffer.from({ type: 'Buffer', data: [1, 2] }));
show(() => Buffer.from({ length: 2, 0: 5, 1: 6 }));
show(() => Buffer.from(new String('boxed')));
show(() => Buffer.from({ [Symbol.toPrimitive]() { return 'prim'; } }));
show(() => Buffer.from(null));
show(() => Buffer.from(5));
show(() => Buffer.from({}));
show(() => Buffer.from());
show(() => Buffer.alloc(3));
show(() => Buffer.alloc(5, 'ab'));
show(() => Buffer.alloc(5, 'YWI=', 'base64'));
show(() => Buffer.alloc(4, 258));
show(() => Buffer.alloc('5'));
show(() => Buffer.alloc(4, Buffer.from([1, 2])));
show(() => Buffer.alloc(4, 'zz', 'hex'));
show(() => Buffer.allocUnsafe(3).length);
show(() => Buffer.allocUnsafeSlow(3).length);
show(() => Buffer.concat([Buffer.from('a'), new Uint8Array([98])]));
show(() => Buffer.concat([Buffer.from('abc'), Buffer.from('def')], 4));
show(() => Buffer.concat([Buffer.from('abc')], 5));
show(() => Buffer.concat('x'));
show(() => Buffer.concat(['x']));
show(() => Buffer.concat([]));
show(() => [Buffer.compare(Buffer.from('a'), Buffer.from('b')), Buffer.compare(Buffer.from('ab'), Buffer.from('a')), Buffer.compare(Buffer.from('a'), Buffer.from('a'))]);
show(() => Buffer.compare('a', Buffer.from('b')));
show(() => [Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.isEncoding('HEX'), Buffer.isEncoding('x'), Buffer.isEncoding(3), Buffer.poolSize]);
const b = Buffer.from('the quick brown fox');
show(() => [b.indexOf('quick'), b.indexOf('q', 5), b.indexOf(0x71), b.indexOf('zz'), b.indexOf(''), b.indexOf('', 100), b.lastIndexOf('o'), b.lastIndexOf('o', -5), b.includes('fox'), b.includes('fox', 17), b.indexOf(Buffer.from('brown')), b.indexOf('o', -3), b.lastIndexOf(Buffer.from('the')), b.indexOf('cXVpY2s=', 'base64')]);
show(() => b.indexOf({}));
show(() => Buffer.from('a\u20acb\u20ac', 'utf16le').indexOf('\u20ac', 0, 'utf16le'));
show(() => Buffer.from('a\u20acb\u20ac', 'utf16le').lastIndexOf('\u20ac', undefined, 'utf16le'));
show(() => [b.toString('utf8', 4, 9), b.toString('hex', -3, 2), b.toString('ascii', 16, 1000), b.toString('latin1', 5, 4), b.toString(undefined, 0, 3)]);
show(() => b.toString('nope'));
show(() => [b.slice(4, 9).toString(), b.subarray(-3).toString(), b.slice(-100, 3).toString(), b.slice('4', '9').toString()]);
show(() => [b.equals(Buffer.from('the quick brown fox')), b.equals(new Uint8Array(3)), b.compare(Buffer.from('the')), b.compare(Buffer.from('quick'), 0, 5, 4, 9)]);
show(() => b.equals('x'));
show(() => b.compare(Buffer.from('x'), 5, 1, 9, 2));
show(() => b.toJSON());
show(() => JSON.stringify({ b: Buffer.from('hi') }));
const w = Buffer.alloc(10);
show(() => [w.write('abc'), w.write('xyz', 8), w.write('q', 2, 1), w.write('ffee', 4, 'hex'), w.write('ä€', 7), w]);
show(() => w.write('abc', 11));
show(() => w.write('abc', -1));
show(() => w.write(5));
show(() => [w.fill(0), w.fill('ab', 1, 4), w.fill('€'), w.fill(1, 8), w.fill('', 2, 5), w.fill('6162', 'hex')].length);
show(() => w.fill('x', 0, 11));
show(() => w.fill('zz', 'hex'));
show(() => w);
const target = Buffer.alloc(5);
show(() => [Buffer.from('hello world').copy(target, 1, 6), target.toString('latin1'), Buffer.from('abc').copy(target, 4), target.toString('latin1'), Buffer.from('abc').copy(target, 9)]);
show(() => Buffer.from('abc').copy(target, -1));
show(() => Buffer.from('abc').copy(target, 0, 5));
show(() => [Buffer.from([1, 2, 3, 4]).swap16(), Buffer.from([1, 2, 3, 4]).swap32(), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).swap64()]);
show(() => Buffer.from([1, 2, 3]).swap16());
show(() => [isUtf8(Buffer.from('é')), isUtf8(Buffer.from([0xff])), isAscii(Buffer.from('a')), isAscii(Buffer.from('é'))]);
show(() => [transcode(Buffer.from('€ä'), 'utf8', 'latin1'), transcode(Buffer.from('ä'), 'utf8', 'ucs2'), transcode(Buffer.from('a€'), 'utf8', 'ascii')]);
show(() => [atob('aGVsbG8='), btoa('hello'), atob(' aGk '), btoa('\xff')]);
show(() => btoa('€'));
show(() => atob('a'));
show(() => [...Buffer.from('ab').entries()].concat([...Buffer.from('ab').keys()], [...Buffer.from('ab').values()]));
show(() => [Buffer.from('abc').map((x) => x + 1), Buffer.from('abc').filter((x) => x > 97), Buffer.from('abc') instanceof Uint8Array, Buffer.from('x').constructor === Buffer]);
show(() => Buffer.alloc(60, 7));
show(() => [constants.MAX_STRING_LENGTH > 2 ** 28, kMaxLength === constants.MAX_LENGTH]);
show(() => Buffer.from('abc').parent === Buffer.from('abc').buffer);
show(() => [Buffer.from('test').readableX, Buffer.name, Buffer.length, Buffer.of(1, 2, 3)]);
show(() => Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1));
show(() => String(Buffer.from('€')) + Buffer.from('x'));
show(() => class X extends Buffer {}.name);
show(() => Buffer.from('zürich').latin1Slice(0, 3) + Buffer.from('zürich').utf8Slice(0, 3));
show(() => new Buffer.from('x'));
show(() => Object.keys(Buffer).sort().join());
show(() => Object.getOwnPropertyNames(Buffer.prototype).sort().join());
