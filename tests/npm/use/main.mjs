import { format, sum } from './sum.js';

console.log(format(sum([{ price: 250, count: 2 }, { price: 100 }])));
