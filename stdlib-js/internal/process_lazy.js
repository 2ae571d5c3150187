// Parts of process that few programs use, evaluated at their first use.
import { names } from './registry.js';

/** Node's old way to its insides. Of those old programs want to know what is built in; there are no sources. */
export function binding(name) {
  if (name !== 'natives') throw new Error(`No such module: ${name}`);
  const builtin = names().filter((each) => each.startsWith('node:'));
  return Object.fromEntries(builtin.map((each) => [each.slice('node:'.length), '']));
}
