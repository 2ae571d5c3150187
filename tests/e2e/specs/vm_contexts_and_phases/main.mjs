// Contexts are made where V8 knows source phases: in a program that imports one, and in a child of it that is node.
import source module from './add.wasm';
import { spawnSync } from 'node:child_process';
import vm from 'node:vm';

console.log(module instanceof WebAssembly.Module, vm.runInNewContext('typeof WebAssembly.Module'));
const code = "console.log(require('node:vm').runInNewContext('typeof WebAssembly.Module'))";
const child = spawnSync(process.execPath, ['--eval', code], { encoding: 'utf8' });
console.log(child.status, child.stdout.trim());
const { exports } = await WebAssembly.instantiate((await import.source('./add.wasm')));
console.log(exports.add(1, 2));
