// Names of builtins that were imported while the program was packed have the started program's values.
import { builtinModules } from 'node:module';
import process, { argv, execPath, pid } from 'node:process';

const { length } = builtinModules;
const packed = argv;
dv8.main(() => {
  console.log(packed.length, argv === process.argv, argv.slice(2));
  console.log(execPath === process.execPath, pid === process.pid, builtinModules.length === length);
});
