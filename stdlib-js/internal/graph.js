// A program that is its modules (packager/graph): Node's loader runs them.
import { setGraph } from './app.js';
import { lookup } from './registry.js';

/** `table` is GraphTable()'s. */
export function installGraph(table, requireBuiltin) {
  const program = requireBuiltin('internal/dv8/program');
  program.setProgram(table, lookup);
  for (const id of ['internal/modules/run_main', 'internal/modules/esm/loader']) requireBuiltin(id);
  setGraph({ entry: table.entry, run: program.run, rehearse: program.rehearse });
}
