import { a, b, x, y, read, begin } from './pair.mjs';
x.onRead((n) => {
  console.log(read.toString('latin1', 0, n));
  x.finish();
  y.finish();
  a.close();
  b.close();
});
y.onSecure(() => {
  y.write(3, 2);
});
begin();
