// TypeScript that the program finds on the disk loses its types there, as under Node.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'types-'));
const put = (name, text) => writeFileSync(join(folder, name), text);
process.on('exit', () => rmSync(folder, { recursive: true }));

put('plain.cts', 'const count: number = 2;\nexports.count = count as unknown;\n');
put('module.mts', 'interface Point { x: number }\nexport default { x: 1 } satisfies Point;\n');
put('either.ts', "import type { Point } from './module.mts';\nexport const point: Point = { x: 3 };\n");
put('more.ts', 'enum Kind { One }\n');
const require = createRequire(join(folder, 'main.js'));
console.log(process.features.typescript, require('./plain.cts').count, require('./either.ts').point);
console.log((await import(pathToFileURL(join(folder, 'module.mts')))).default);
for (const load of [() => require('./more.ts'), () => import(pathToFileURL(join(folder, 'more.ts')))]) {
  try { await load(); } catch (error) { console.log(error.code); }
}
process.removeAllListeners('warning');
console.log(stripTypeScriptTypes('let a: string;'));
