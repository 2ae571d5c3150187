import text from './a.txt';
import bytes from './b.bin';
console.log(JSON.stringify(text));
console.log(bytes instanceof Uint8Array, [...bytes].join(','));
