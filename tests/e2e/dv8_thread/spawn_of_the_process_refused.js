library('assets', {});
try {
  process.spawn(() => {});
} catch (error) {
  console.log(error.message);
}
