// Files are named behind constants that stand for a folder beside the code, and are packed.
import { readFileSync, readdirSync } from 'node:fs';
import path, { join } from 'node:path';
import { createRequire } from 'node:module';

const root = path.join(import.meta.dirname, '.');
const views = path.join(root, 'views');
let parts = join(views, 'parts');

console.log(readFileSync(join(views, 'page.txt'), 'utf8').trim());
console.log(readdirSync(parts));
console.log(readFileSync(`${root}/note.txt`, 'utf8').trim());
console.log(createRequire(import.meta.url)('./lib/plugins.cjs').names());
