if (typeof gc === 'function') gc();
console.log(typeof gc, typeof global.gc);
