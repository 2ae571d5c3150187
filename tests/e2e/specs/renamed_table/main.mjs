// Two constants of one name: one of them is renamed, and is no function that has to get its name back.
import first from './first.cjs';
import second from './second.cjs';

const TABLE = new Map([
  ['a', 'main'],
]);
console.log(TABLE.get('a'), first.get('a'), second.both);
