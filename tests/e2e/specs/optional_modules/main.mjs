// What is not there when a program is packed is an error of the place that asks for it.
import { createRequire } from 'node:module';

const made = createRequire(import.meta.url);
const require = made;
const codes = [];
const note = (error) => codes.push(error.code);
await import('not-there').catch(note);
try { await import('./not-here.mjs'); } catch (error) { note(error); }
await import(`not-${'there'}`).catch(note);
const { inTry, inFunction, computed } = await import('./optional.cjs');
for (const attempt of [inTry, inFunction, computed, () => made('not-there'), () => require('not-there/x')]) {
  try { attempt(); } catch (error) { note(error); }
}
console.log(codes.join('\n'));
await import('./late.mjs').catch((error) => console.log(error.message));
try { inFunction(); } catch (error) { console.log(error.message); }
