// dv8:node: a program whose main module imports it behaves as `node`. Its command line is Node's (options, a file,
// arguments), and what that names is run from the disk by Node's own loader; -e, -p, -i, --test and stdin, too.
import { behaveAsNode } from '../internal/node_program.js';

behaveAsNode();

export default {};
