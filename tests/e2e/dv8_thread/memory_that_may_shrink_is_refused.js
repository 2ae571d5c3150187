const { Thread } = library('thread', {});
try {
  new Thread().start(() => {}, undefined, new ArrayBuffer(8, { maxByteLength: 16 }));
} catch (e) {
  console.log(e.name, e.message);
}
