const u = library('unicode', {});
const fails = (f) => {
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(`${e.name}: ${e.message}`);
  }
};
fails(() => u.collator('sv'));
fails(() => u.sort([], 'sv-SE'));
fails(() => u.segment('a', 'word', 'th'));
fails(() => u.collator('not a locale'));
