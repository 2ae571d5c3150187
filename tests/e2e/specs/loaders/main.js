import text from './a.txt';
import bytes from './b.bin';
console.log(JSON.stringify(text));
console.log(bytes instanceof Uint8Array, [...bytes].join(','));
import style from './a.css';
console.log(JSON.stringify(style));
