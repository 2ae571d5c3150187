import { shutdown } from 'dv8:core';
import { x, y, begin } from './pair.mjs';
x.onRead(() => {
  shutdown();
  console.log('shut', x.write(1), y.write(1));
});
y.onSecure(() => {
  y.write(3);
});
setInterval(() => {}, 1000);
begin();
