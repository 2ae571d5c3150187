let o = {};
const registry = new FinalizationRegistry(() => console.log('gone'));
registry.register(o, 1);
o = null;
setTimeout(() => console.log(gc()), 1);
setTimeout(() => registry.unregister({}), 50);
