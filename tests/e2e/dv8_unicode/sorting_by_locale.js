const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
console.log(u.sort(['z', '\u00e4', 'a'], 'sv').join(' '), u.sort(['z', '\u00e4', 'a'], 'de').join(' '));
