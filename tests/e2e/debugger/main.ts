interface Item { name: string; price: number }

function total(items: Item[]): number {
  let sum = 0;
  for (const item of items) {
    sum += item.price;
  }
  return sum;
}

const items: Item[] = [{ name: 'a', price: 3 }, { name: 'b', price: 4 }];
console.log('total', total(items));
