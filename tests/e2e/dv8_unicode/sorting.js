const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
console.log(
  u.sort(['z', '\u00e4', 'a', 'Z', 'b']).join(' '),
  u.sort(['10', '9', '1'], 'en', { numeric: true }).join(' '),
  u.collator('en', { sensitivity: 'base' }).compare('a', '\u00c4'),
  ['z', 'a'].length,
);
