// What a program loads by paths that it puts together, and the files that it reads beside itself.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from '#paths';

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL('.', import.meta.url));
console.log(require('./package.json').version, fs.readFileSync(new URL('./text/a.txt', import.meta.url), 'utf8').trim());
console.log(require('./lib/common.cjs').where());
const plugin = join(import.meta.dirname, 'lib/plugin.js');
console.log((await import(plugin)).default, (await import(pathToFileURL(plugin))).default);
console.log(await require('./lib/hidden.cjs')(), fs.readdirSync(join(here, 'text')).join());
console.log(require('semver/functions/inc.js')('1.2.3', 'minor'), require('semver/package.json').name);
