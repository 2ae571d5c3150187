// The program's process object, and what the host and dv8's modules know of the program. Each start (bootstrap.js,
// node_bootstrap.js) gives its own object before anything else is evaluated.
import { manifest } from 'internal:payload';

/** The one process object. */
export let theProcess;
export function provideProcess(value) { theProcess = value; }

/** `entry`: the name of the app's script. `otherwise`: what dv8:core does with an error that no listener takes. */
export const processState = { entry: undefined, otherwise: undefined };

/** The entry's virtual path, as the builder or the payload knows it. */
export function entryPath() { return manifest('entry') ?? processState.entry ?? '/app/main.js'; }

/** What process.argv[1] is: that of the symbolic link that was packed, where one leads to the entry. */
export function startedPath() { return manifest('link') ?? entryPath(); }
