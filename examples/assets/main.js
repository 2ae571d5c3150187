import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'templates');
const [language, name] = process.argv.slice(2);
const known = readdirSync(folder).map((file) => file.replace(/\.txt$/, ''));
if (!known.includes(language)) {
  console.error(`usage: greeter ${known.join('|')} NAME`);
  process.exit(2);
}
process.stdout.write(readFileSync(join(folder, `${language}.txt`), 'utf8').replace('{name}', name));
