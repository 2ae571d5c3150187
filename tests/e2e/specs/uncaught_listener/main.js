process.on('uncaughtException', (error, origin) => {
  console.log('caught', error.message, origin);
});
setTimeout(() => console.log('still here'), 1);
throw new Error('first');
