// The API as an ES module sees it. Prints what the test compares.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { image, inspect, pack, PackError, version } from 'dv8pack';

const result = await pack({ entry: 'app.ts', output: 'app', minify: true, define: { 'process.env.GREETING': '"hi"' }, arg: ['a', 'b'] });
assert.equal(result.output, 'app');
assert.deepEqual(result.inputs, ['/app/app.ts']);
assert.equal(result.log, '');
console.log(execFileSync('./app', ['c'], { encoding: 'utf8' }).trim());
assert.equal((await inspect('app')).log, '');

const several = await pack({ entry: ['app.ts', 'more.js'], outDir: 'out', conditions: ['a', 'b'], minify: false });
console.log(several.outputs.map((one) => one.output).join(' '));

const made = await image({ entry: 'app.ts', output: 'app.tar', tag: 'team/app:1.0' });
console.log(made.image.name);

const failed = await pack({ entry: 'broken.js', output: 'broken', strict: true }).catch((error) => error);
assert(failed instanceof PackError && failed instanceof Error);
const { name, message, text, file, line, column, hint, exitCode } = failed;
console.log(JSON.stringify({ name, message, text, file, line, column, hint, exitCode }));
assert(failed.log.includes('gone.js'), failed.log);

const wrong = await pack({ entry: 'app.ts', snapshot: 'whole' }).catch((error) => error);
console.log(wrong.exitCode, wrong.message);
for (const options of [{ entry: 'app.ts', minfy: true }, { entry: [] }, {}]) {
  console.log((await pack(options).catch((error) => error)).message);
}
const ended = await pack({ entry: 'app.ts', output: 'never', signal: AbortSignal.abort() }).catch((error) => error);
console.log(ended.name);
console.log((await pack({ entry: 'app.ts', cwd: 'nowhere' }).catch((error) => error)).code);
const elsewhere = await pack({ entry: '../app.ts', cwd: 'out', output: 'from-there' });
console.log(elsewhere.output, version);
