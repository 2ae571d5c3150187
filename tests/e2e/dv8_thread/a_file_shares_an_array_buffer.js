const { Thread } = library('thread', {});
const memory = new ArrayBuffer(4);
new Uint8Array(memory)[0] = 1;
new Thread().start('./worker.js', (error, status) => console.log(error, status, new Uint8Array(memory)[0]), memory);
