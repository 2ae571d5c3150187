// Attributes say what an import gives, whatever the file is called.
import { readFileSync } from 'node:fs';
import text from './note.unknown' with { type: 'text' };
import bytes from './note.unknown' with { type: 'bytes' };
import path from './note.unknown' with { type: 'file' };
import data from './data.json' with { type: 'json' };

console.log(text, bytes instanceof Uint8Array, bytes.length);
console.log(path, readFileSync(path, 'utf8') === text);
console.log(data.list);
