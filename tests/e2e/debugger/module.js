import debug, { open, close, url } from 'dv8:debugger';
for (const bad of [-1, 65536, 1.5, 'x'])
  try {
    open(bad);
  } catch (e) {
    console.log(e.name, e.message);
  }
try {
  open(0, 'no address');
} catch (e) {
  console.log(e.code, e.syscall);
}
close();
console.log(url());
open(0);
try {
  open(0);
} catch (e) {
  console.log(e.code);
}
const before = url();
close();
close();
open(0);
console.log(url() !== before, debug.url() === url());
close();
console.log('opened');
open(0, '127.0.0.1', true);
let seen = 'here';
debugger;
console.log(seen);
