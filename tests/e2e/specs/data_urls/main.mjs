// Modules whose text is their URL, with the program's builtins, and each URL once.
import fixed, { twice } from 'data:text/javascript,export const twice = (n) => 2 * n; export default import.meta.url.slice(0, 5);';
import settings from 'data:application/json,{"on":true}' with { type: 'json' };

const text = 'import { sep } from "node:path"; export const where = sep; globalThis.count = (globalThis.count ?? 0) + 1;';
const url = 'data:text/javascript;base64,' + btoa(text);
const [one, two] = await Promise.all([import(url), import(url)]);
console.log(fixed, twice(4), settings, one === two, one.where, count);
const refused = async (text) => { await import('data:' + text).catch((error) => console.log(error.code ?? error.name)); };
await refused('text/javascript,import "./relative.mjs"');
await refused('text/javascript,let a = ;');
await refused('text/css,a{}');
