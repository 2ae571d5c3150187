function nested(depth) {
  var value = [];
  for (var i = 1; i < depth; i++) value = [value];
  return value;
}

function refusal(call) {
  try {
    call();
    return 'went';
  } catch (error) {
    return error.name + ': ' + error.message;
  }
}

async function ready(api) {
  var values = [undefined, null, true, false, 0, -0, 1.5, -1, 2147483648, NaN, -Infinity, 'latin \u00e9', '\u20ac \ud83d\ude00 \ud800', '', 12345678901234567890n, -1n];
  for (var value of values) {
    console.log(String(value), Object.is(await api.echo(value), value));
  }
  console.log(JSON.stringify(await api.echo([1, [2, [], {}], { a: { b: null }, 'key \u20ac': 'x', 3: 4 }])));
  console.log(JSON.stringify(await api.echo([1, , 3])), (await api.echo([1, , 3])).length);
  class Point { constructor() { this.x = 1; } get y() { return 2; } }
  var hidden = Object.defineProperty({ shown: 1, [Symbol('s')]: 2 }, 'hidden', { value: 3 });
  console.log(JSON.stringify(await api.echo([new Point(), hidden, Object.create({ inherited: 1 }), new Date(0), new Map([[1, 2]]), /x/, { get g() { return 5; } }])));
  console.log(Object.getOwnPropertyNames(await api.echo({ __proto__: null, ['__proto__']: 1 })).join());
  console.log(String(await api.kinds(undefined, null, 1, 'x', [], {}, function() {}, new Error('e'), new ArrayBuffer(1))));
  console.log((await api.kinds()).length);
  console.log(refusal(function() { api.echo(nested(128)); }));
  console.log(refusal(function() { api.echo(nested(129)); }));
  console.log(refusal(function() { var a = []; a[0] = a; api.echo(a); }));
  console.log(refusal(function() { api.echo({ s: Symbol('s') }); }));
  console.log(refusal(function() { api.echo(new Uint8Array(1)); }), refusal(function() { api.echo([new DataView(new ArrayBuffer(1))]); }));
  console.log(refusal(function() { api.echo({ get g() { throw new RangeError('of a getter'); } }); }));
  console.log(await api.symbol().catch(String), await api.circle().catch(String));
  var buffer = new ArrayBuffer(8);
  new Uint8Array(buffer)[7] = 9;
  console.log(refusal(function() { api.echo([buffer, Symbol('s')]); }), buffer.byteLength);
  console.log(refusal(function() { api.echo([buffer, buffer]); }), buffer.byteLength);
  var back = await api.echo({ list: [buffer] });
  console.log(buffer.byteLength, buffer.detached, back.list[0].byteLength, new Uint8Array(back.list[0])[7]);
  console.log(refusal(function() { api.echo(buffer); }), refusal(function() { api.echo(new ArrayBuffer(0)); }));
  var taken = new ArrayBuffer(4);
  console.log(refusal(function() { api.echo({ taken, get again() { api.echo(taken); return 1; } }); }), taken.byteLength);
  var resizable = await api.echo(new ArrayBuffer(4, { maxByteLength: 16 }));
  resizable.resize(12);
  console.log(resizable.byteLength);
  var shared = new SharedArrayBuffer(4);
  new Uint8Array(await api.echo(shared))[0] = 5;
  console.log(new Uint8Array(shared)[0]);
  var long = 'x'.repeat(1 << 20);
  console.log((await api.echo(long)) === long, (await api.echo('\u20ac' + long)).length);
  api.quit();
}

isolate.system.fs.current({ action: 'spawn', path: '/peer.js', env: { ready: ready }, onExit: function(value) { console.log(value); } });
