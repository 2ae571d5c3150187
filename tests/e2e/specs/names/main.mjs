// Functions and classes have the names of their sources, whatever else has them too.
import twin, { Shape as Other, helper as otherHelper, arrow as otherArrow } from './twin.mjs';

class Shape {
  static own = Shape.name;
  static make() { return new Shape(); }
}
class Circle extends Shape {
  static base = Circle.name;
}
class Named {
  static name = 'its own';
}
function helper() {}
async function* generator() {}
const arrow = (x) => x;
const block = () => {
  return `
};
`;
};
const Kept = class _Kept { static self = _Kept; };
const list = [Shape, Other, Circle, Named, helper, otherHelper, generator, arrow, otherArrow, block, Kept, twin];
console.log(list.map((item) => item.name).join(' '));
console.log(Shape.own, Circle.base, Shape.make().constructor.name, Circle.make(), new Other());
console.log([URL, URLSearchParams, Buffer, TextDecoder, AbortController, Blob, ReadableStream, Event].map((item) => item.name).join(' '));
