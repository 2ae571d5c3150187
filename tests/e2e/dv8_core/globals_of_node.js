require('node:fs');
console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis)));
