import { url, count } from './counted.mjs?static';
const one = await import('./counted.mjs?one');
const two = await import('./counted.mjs?two=2#part');
const again = await import('./counted.mjs?one');
const plain = await import('./counted.mjs');
console.log(one === again, one === two, one === plain, [url, one.url, two.url, plain.url].join(' '));
console.log(count, one.count, two.count, plain.count);
