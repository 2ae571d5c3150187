import { live, Named } from './a.mjs';
export const b = 'b';
export default function first() { return `${live} ${Named.name}`; }
