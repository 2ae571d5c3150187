import { prefix } from './prefix.js';

export function log(number) { console.log(prefix, number); }
