process.on('exit', (code) => console.log('exit', code));
setTimeout(() => console.log('not reached'), 0);
Promise.resolve().then(() => { console.log('microtask'); process.exit(5); });
