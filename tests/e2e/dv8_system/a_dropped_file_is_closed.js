const { File } = library('fs', {});
const { readdirSync } = require('node:fs');
const open = () => readdirSync('/proc/self/fd').length;
const kept = new File();
kept.open('/dev/null');
const before = open();
let turns = 0;
for (let i = 0; i < 100; i++) new File().open('/dev/null');
console.log(open() - before);
const wait = () => {
  gc();
  if (open() > before + 10 && turns++ < 100) setTimeout(wait, 10);
  else console.log(open() <= before + 10, kept.close());
};
setTimeout(wait, 1);
