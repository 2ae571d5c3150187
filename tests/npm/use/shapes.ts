interface Shape { area(): number }
class Square implements Shape {
  constructor(private readonly side: number) {}
  area(): number { return this.side ** 2; }
}
enum Unit { Metre, Foot = 10 }
console.log(new Square(3).area(), Unit[10]);
