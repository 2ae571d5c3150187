// Direct eval in strict code, which a snapshot compiled before.
console.log(eval('1 + 1'));
function inner(a) { return eval('a + 1'); }
console.log(inner(4));
try {
  eval('let let');
} catch (error) {
  console.log(error.name, error.message);
}
