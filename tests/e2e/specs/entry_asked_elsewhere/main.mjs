// Whether a module is the program, as another file of it finds out.
import { isMain } from './is_main.mjs';

console.log(isMain(import.meta.url), isMain(new URL('./other.mjs', import.meta.url)));
