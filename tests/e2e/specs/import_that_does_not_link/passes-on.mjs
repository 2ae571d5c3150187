export { default } from './has.mjs';
