// An import's path is a part of a URL.
import percent from './50%25.mjs';
import blank from './with%20blank.mjs';

const late = await import('./%6Cate.cjs');
console.log(percent, blank, late.default, import.meta.resolve('./with blank.mjs'));
