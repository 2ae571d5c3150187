import files from 'graceful-files';
import { join } from 'paths';

console.log(typeof files.readFileSync, join('a', 'b'));
