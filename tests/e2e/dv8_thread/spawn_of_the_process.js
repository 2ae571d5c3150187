console.log(Object.keys(process).includes('spawn'));
process.spawn(
  () => {
    console.log('thread', typeof process.spawn);
  },
  (error, status) => console.log(error, status),
);
