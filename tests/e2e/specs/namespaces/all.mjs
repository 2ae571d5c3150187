export * from './counter.mjs';
export * from './one.mjs';
export * from './two.mjs';
export * as inner from './one.mjs';
export const own = 'own';
export { default } from './one.mjs';
export { even } from './even.mjs';
