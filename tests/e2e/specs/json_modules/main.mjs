// JSON is what JSON.parse() makes of it, one value for all who ask by the same way, and may be changed.
import { createRequire } from 'node:module';
import first from './data.json' with { type: 'json' };
import * as all from './data.json' with { type: 'json' };

const require = createRequire(import.meta.url);
const second = (await import('./data.json', { with: { type: 'json' } })).default;
console.log(first === second, all.default === first, Object.keys(all), require('./data.json') === require('./data.json'));
console.log(Object.hasOwn(first, '__proto__'), Object.getPrototypeOf(first) === Object.prototype, first.polluted, first[''], first.big);
first.list.push(3);
console.log(second.list, Object.keys(first));
