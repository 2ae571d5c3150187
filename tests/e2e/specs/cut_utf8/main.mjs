import './latin1.js';
import cut from './cut.txt';
const points = (text) => Array.from(text, (c) => c.codePointAt(0).toString(16)).join(' ');
console.log(points(cut));
throw new Error('café');
// André
