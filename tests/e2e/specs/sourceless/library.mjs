// zebracrossing
export const late = 'late';
export function twice(number) { return number * 2; }
export class Shape {
  static count = 0;
  #size;
  note = (() => 'a shape')();
  constructor(size) { this.#size = size; Shape.count++; }
  grown() { return new Shape(this.#size + 1); }
  get size() { return this.#size; }
  toString() { return `${this.note} of ${this.#size}`; }
}
