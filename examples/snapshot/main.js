const LIMIT = 1_000_000;
const composite = new Uint8Array(LIMIT);
for (let i = 2; i * i < LIMIT; i++) {
  if (composite[i] === 0) for (let j = i * i; j < LIMIT; j += i) composite[j] = 1;
}

dv8.main(() => {
  for (const text of process.argv.slice(2)) {
    const n = Number(text);
    console.log(text, n > 1 && n < LIMIT && composite[n] === 0 ? 'is prime' : 'is not prime');
  }
});
