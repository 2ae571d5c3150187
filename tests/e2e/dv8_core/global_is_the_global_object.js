global.mine = 1;
console.log(global === globalThis, mine);
