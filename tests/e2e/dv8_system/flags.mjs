import * as fs from 'dv8:fs';

console.log(...process.argv.slice(2).map((name) => fs[name]));
