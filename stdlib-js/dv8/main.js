// dv8:main, which the global `dv8` is from: where a program with --snapshot=app says what runs when it starts.
import { setMain } from '../internal/app.js';

/**
 * `fn` is what the executable runs at each start. With --snapshot=app everything before it
 * ran when the program was packed; otherwise it runs after the top level. It may be async;
 * its result is not the exit code (set process.exitCode).
 */
export function main(fn) { setMain(fn); }

export default { main, dv8: { main } };
