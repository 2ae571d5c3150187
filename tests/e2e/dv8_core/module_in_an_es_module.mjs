import './b.mjs';

const { list } = module('assets', {});
console.log(list());
