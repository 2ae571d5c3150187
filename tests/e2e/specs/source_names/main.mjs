import { where } from './sub/where.cjs';
console.log(import.meta.url, import.meta.dirname, import.meta.filename, import.meta.main);
console.log(where().join(' '));
console.log(process.argv.slice(1).join(' '));
console.log(process.argv[0] === process.execPath);
