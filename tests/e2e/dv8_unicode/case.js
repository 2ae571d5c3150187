const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
const texts = JSON.parse(args[2]);
console.log(JSON.stringify(texts.map(u.caseFold)));
console.log(JSON.stringify(texts.map((t) => u.toUpperCase(t))));
console.log(
  u.toUpperCase('i', 'tr') === '\u0130',
  u.toLowerCase('I', 'tr') === '\u0131',
  u.toLowerCase('I'),
  u.toUpperCase('\u03ac', 'el') === '\u0391',
);
