// A program of nothing else asks where modules are.
console.log(require.resolve('@scope/package/package.json'), require.resolve('./module.cjs'), require('./module.cjs'));
import('./meta.mjs');
