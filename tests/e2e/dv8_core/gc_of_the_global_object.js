global.gc();
console.log(typeof global.gc);
