export function sum(a, b) {
  return a + b;
}

export function product(a, b) {
  return a * b;
}
