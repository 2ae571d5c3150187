// An import's path is a part of a URL.
import percent from './50%25.mjs';
import plus from './with%2Bplus.mjs';

const late = await import('./%6Cate.cjs');
console.log(percent, plus, late.default, import.meta.resolve('./with blank.mjs'));
