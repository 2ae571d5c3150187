const told = [];
const registry = new FinalizationRegistry((value) => told.push(value));
const other = new FinalizationRegistry((value) => told.push(value));
(() => {
  for (let i = 0; i < 3; i++) registry.register({}, `dead ${i}`);
  other.register({ name: 'dead' }, 'of the other');
})();
const kept = {};
registry.register(kept, 'never', kept);
const weak = new WeakRef(kept);

dv8.main(() => {
  let later = {};
  registry.register(later, 'later');
  later = undefined;
  // Bytes outside the heap make V8 collect the old ones, too.
  const timer = setInterval(() => {
    new Uint8Array(50e6);
    if (!told.includes('later')) return;
    clearInterval(timer);
    // What died while packing is told with the next of its registry, in no order that counts.
    console.log(told.filter((value) => value !== 'of the other').sort().join(', '));
    console.log(weak.deref() === kept, registry.unregister(kept), registry.unregister(kept));
  }, 1);
});
