const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
for (let i = 0; i < 0x110000; i++) {
  if (i >= 0xd800 && i < 0xe000) continue;
  const c = String.fromCodePoint(i),
    f = u.caseFold(c);
  if (f !== c) console.log(i.toString(16), Array.from(f, (x) => x.codePointAt(0).toString(16)).join(' '));
}
