// What only the start of a program gives to builtins is there by name, also in modules that lie linked in the snapshot.
import Module, { builtinModules, runMain } from 'node:module';
import * as moduleNames from 'node:module';
import process, { argv, argv0, execArgv, execPath, pid, ppid, title } from 'node:process';
import * as processNames from 'node:process';

console.log(argv === process.argv, argv0 === process.argv0, execArgv, execPath === process.execPath);
console.log(pid === process.pid, ppid === process.ppid, typeof title);
console.log(builtinModules.includes('fs'), runMain === Module.runMain);
for (const [value, names] of [[Module, moduleNames], [process, processNames]]) {
  const exported = Object.keys(names).filter((name) => name !== 'default');
  console.log(exported.filter((name) => !Object.hasOwn(value, name)), Object.keys(value).filter((name) => !exported.includes(name)));
}
