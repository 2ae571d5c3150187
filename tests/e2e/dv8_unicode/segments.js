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
  JSON.stringify([
    u.segment('a\u0308\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\r\nb').length,
    u.segment('Hello, world.', 'word'),
    u.segment('One. Two? Three', 'sentence'),
    u.segment(''),
  ]),
);
