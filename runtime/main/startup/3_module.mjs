import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { all: { type: 'boolean' } }, strict: false });
for (const name of await readdir('/')) if (values.all || !name.startsWith('.')) process.stdout.write(`${name}\n`);
