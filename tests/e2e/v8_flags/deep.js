let depth = 0;
const f = () => {
  depth++;
  f();
};
try {
  f();
} catch (e) {
  console.log(e.name, depth > 30000);
}
