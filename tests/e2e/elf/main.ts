import { inner } from './inner';
type T = { a: number };
const t: T = { a: 1 };
console.log('runs', inner(t.a));
