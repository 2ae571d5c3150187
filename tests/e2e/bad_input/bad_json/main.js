import x from './x.json';
console.log(x);
