// The decorator runs; that its property is a string, which tsc would tell it, is not known.
function logged(target: object, key: string) { console.log('decorated', key); }

class Person {
  @logged name: string = 'Ada';
}
console.log(new Person().name);
