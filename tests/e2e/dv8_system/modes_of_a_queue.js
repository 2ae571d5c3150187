const { CONSUMER, PRODUCER } = library('posix', {});
console.log(CONSUMER, PRODUCER);
