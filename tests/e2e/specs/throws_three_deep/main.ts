import { first } from './src/first';

// A comment that TypeScript drops, so that lines shift.
interface Unused { a: number }

first({ depth: 1 });
