library('assets', {});
try {
  Buffer.alloc(8).subarray(2).bytes;
} catch (e) {
  console.log(e.message);
}
