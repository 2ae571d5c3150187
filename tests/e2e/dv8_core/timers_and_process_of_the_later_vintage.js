clearTimeout(setTimeout(() => console.log('never'), 1));
let n = 0;
const i = setInterval(() => {
  console.log('tick', ++n);
  if (n === 2) clearInterval(i);
}, 1);
console.log(process.pid > 0, process.argv.length === args.length);
