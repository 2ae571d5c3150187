const hidden = new Function('name', 'return import(name)');
const names = { teas: ['te', 'as'].join('') };
console.log(require('orders/run'), require('teas'));
import('./load.mjs').then(async ({ load }) => {
  console.log(await load(names.teas), (await hidden('orders/run')).default);
});
