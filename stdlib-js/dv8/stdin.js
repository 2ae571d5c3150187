// dv8:stdin: what process.stdin needs. dv8pack adds it to programs whose code has the word
// "stdin"; the others do without node:stream.
import { provideStdin } from '../internal/process.js';
import { makeStdin } from '../internal/stdin.js';

provideStdin(makeStdin);

export default {};
