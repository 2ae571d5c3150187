// TextEncoder, TextDecoder.
const show = (fn) => {
  try {
    console.log(fn());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
const bytes = (...list) => new Uint8Array(list);
const e = new TextEncoder();
show(() => [e.encoding, e.encode('aä€😀\ud800'), e.encode(), e.encode(undefined), e.encode(null), e.encode(5)]);
for (const [text, size] of [['abc', 2], ['äö', 3], ['€x', 2], ['😀a', 4], ['😀', 3], ['a\ud800b', 4], ['', 0]]) {
  const into = new Uint8Array(size);
  show(() => [e.encodeInto(text, into), into]);
}
show(() => e.encodeInto('x', []));
for (const label of ['utf8', 'UTF-8', ' utf-16le ', 'utf-16', 'latin1', 'ascii', 'windows-1252', 'nope', 'utf-16be']) show(() => new TextDecoder(label).encoding);
for (const input of [bytes(0x61, 0xff, 0x62), bytes(0xe2, 0x82), bytes(0xef, 0xbb, 0xbf, 0x61), bytes(0xf0, 0x9f, 0x98, 0x80), bytes(0xed, 0xa0, 0x80), bytes(0xc0, 0x80), bytes()]) {
  show(() => JSON.stringify(new TextDecoder().decode(input)));
  show(() => JSON.stringify(new TextDecoder('utf-8', { fatal: true }).decode(input)));
  show(() => JSON.stringify(new TextDecoder('utf-8', { ignoreBOM: true }).decode(input)));
}
const d = new TextDecoder();
show(() => [d.decode(bytes(0xe2), { stream: true }), d.decode(bytes(0x82), { stream: true }), d.decode(bytes(0xac, 0xf0, 0x9f), { stream: true }), d.decode()].map((s) => JSON.stringify(s)));
show(() => [d.decode(bytes(0xef, 0xbb), { stream: true }), d.decode(bytes(0xbf, 0x61), { stream: true }), d.decode(bytes(0xef, 0xbb, 0xbf))].map((s) => JSON.stringify(s)));
const d16 = new TextDecoder('utf-16le');
show(() => [d16.decode(bytes(0x61, 0, 0x3d), { stream: true }), d16.decode(bytes(0xd8, 0, 0xde), { stream: true }), d16.decode()].map((s) => JSON.stringify(s)));
show(() => new TextDecoder('utf-16le').decode(bytes(0x61)));
show(() => new TextDecoder('latin1').decode(bytes(0x41, 0xe4, 0xff)));
show(() => [d.decode(new Uint16Array([0x4141])), d.decode(bytes(65, 66).buffer), d.decode(new DataView(bytes(65, 66, 67).buffer, 1))]);
show(() => [d.fatal, d.ignoreBOM, d.encoding, Object.prototype.toString.call(d), Object.prototype.toString.call(e)]);
