// V8 does not know decorators: esbuild makes JavaScript of them.
import { Counter } from './counter.cjs';

function logged(method, { name }) {
  return function (...values) {
    console.log(name, ...values);
    return method.apply(this, values);
  };
}

class Adder {
  @logged
  add(a, b) { return a + b; } @logged subtract(a, b) { return a - b; }
}

console.log(new Adder().subtract(3, 2));
console.log(new Adder().add(1, 2), new Counter().count, Adder.name);
