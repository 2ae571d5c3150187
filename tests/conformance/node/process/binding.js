// What old packages do at their top level: copy all of node:fs, and ask what is built in.
const fs = require('node:fs');
const path = require('node:path');

const copy = {};
for (const name in fs) copy[name] = fs[name];
console.log(typeof copy.readFileSync, typeof copy.promises, Object.keys(copy).length === Object.keys(fs).length);

const natives = process.binding('natives');
console.log('fs' in natives, 'path' in natives, 'no/such' in natives);
try {
  process.binding('no/such');
} catch (error) {
  console.log(error.code, error.message);
}
void path;
