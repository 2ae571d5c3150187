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
for (const f of u.FORMS) console.log(JSON.stringify(texts.map((t) => u.normalize(t, f))));
console.log(u.isNormalized('e\u0301'), u.isNormalized('\u00e9'), u.normalize('e\u0301') === '\u00e9');
