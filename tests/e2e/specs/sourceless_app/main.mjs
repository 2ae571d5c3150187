import { format } from 'node:util';
import { counter, fail } from './state.mjs';

const greet = (name) => format('hello %s', name);
dv8.main(async () => {
  console.log(greet('app'), counter.next(), counter.next(), String(greet));
  const { late } = await import('./late.mjs');
  console.log(late());
  fail();
});
