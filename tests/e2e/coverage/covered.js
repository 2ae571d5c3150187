function used(n) {
  return n > 1 ? 'many' : 'one';
}
function unused() {}
console.log(used(2), typeof unused);
