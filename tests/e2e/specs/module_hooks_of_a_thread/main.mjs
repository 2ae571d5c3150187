// register() has its hooks in a thread of their own.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
console.log((await import('made:up')).default, (await import('./plain.mjs')).default);
