// The program that `dv8pack repl` packs and runs.
import { start } from 'dv8:repl';

start();
