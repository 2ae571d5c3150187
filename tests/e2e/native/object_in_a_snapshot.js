globalThis.kept = new (require('counters').Handle)();
dv8.main(() => {});
