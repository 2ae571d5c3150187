// Adds up the lines of an order.
export function sum(lines) {
  let total = 0;
  for (const { price, count = 1 } of lines) {
    total += price * count;
  }
  return total;
}

export const format = (cents) => `${(cents / 100).toFixed(2)} EUR`;
