class Counter {
  #value = 40;
  next() { return ++this.#value; }
}
export const counter = new Counter();
export function fail() {
  try {
    counter.missing();
  } catch (error) {
    console.log(error.stack.split('\n').slice(0, 2).join(''));
  }
}
