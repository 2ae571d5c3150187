import { readFileSync } from 'node:fs';
function obviously(x) { return class Kind { value = x; }; }
console.log(new (obviously(3))().value, String(obviously), String(obviously(1)));
try {
  JSON.parse('{');
} catch (error) {
  console.log(/main\.js:\d+/.exec(error.stack)[0]);
}
console.log(readFileSync(process.execPath, 'latin1').includes(['return', 'class', 'Kind'].join(' ')));
