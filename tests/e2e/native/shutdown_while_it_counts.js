const { PrimeCounter } = library('primes', {});
const counter = new PrimeCounter();
counter.count(5e6, () => console.log('never'));
try {
  counter.count(1, () => {});
} catch (error) {
  console.log(error.message);
}
shutdown();
