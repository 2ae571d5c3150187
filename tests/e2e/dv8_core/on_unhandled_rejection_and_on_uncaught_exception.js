onUnhandledRejection((promise, value, event) => console.log(promise instanceof Promise, value.message, event));
onUncaughtException((error) => console.log(error.message));
Promise.reject(new Error('r'));
setTimeout(() => {
  throw new Error('u');
}, 1);
