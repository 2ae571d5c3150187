// A program that is its modules (packager/graph): Node's loader runs them.
import * as builtins from 'internal:library/builtins';
import { moduleFor, setGraph } from './app.js';

/** `table` is GraphTable()'s. */
export function installGraph(table, requireBuiltin) {
  const program = requireBuiltin('internal/dv8/program');
  program.setProgram(table, moduleFor);
  for (const id of ['internal/modules/run_main', 'internal/modules/esm/loader']) requireBuiltin(id);
  if (table.formats.includes('m') || table.isSourceless) {
    // The import of a builtin reads all that it exports, and with it what is loaded when it is first asked for.
    for (const { exports } of requireBuiltin('internal/bootstrap/realm').BuiltinModule.map.values()) exports?.promises;
    const fs = requireBuiltin('fs');
    for (const key of Object.keys(fs)) fs[key];
    if (!builtins.isRehearsal() && !table.isDebugged) program.link();
  }
  if (table.isSourceless && !builtins.isRehearsal()) program.leaveOutSources();
  setGraph({
    entry: table.entry,
    run: program.run,
    entryExports: program.entryExports,
    rehearse: program.rehearse,
    compile: program.compileAll,
    requirePath: (path) => requireBuiltin('module')._load(path),
    isNode: true,
  });
}
