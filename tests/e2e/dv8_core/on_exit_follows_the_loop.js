onExit(() => console.log('exit'));
setTimeout(() => console.log('timer'), 1);
console.log('end');
