// A stream's wrong arguments are thrown where it is made, and nothing of it goes on afterwards.
const fs = require('fs');
const show = (name, fn) => {
  try {
    fn();
    console.log(name, 'made');
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
for (const make of ['createReadStream', 'createWriteStream']) {
  for (const path of [undefined, null, 5, {}, 'a\0b', new URL('http://x/y')]) show(`${make} path`, () => fs[make](path));
  for (const options of [{ start: -1 }, { start: NaN }, { start: '1' }, { fd: -1 }, { fd: 1.5 }, { encoding: 'nope' }, 7]) {
    show(`${make} ${JSON.stringify(options)}`, () => fs[make]('/none/at/all', options));
  }
}
show('end', () => fs.createReadStream('/none', { start: 2, end: 1 }));
show('end', () => fs.createReadStream('/none', { end: -1 }));
setTimeout(() => console.log('still here'), 20);
