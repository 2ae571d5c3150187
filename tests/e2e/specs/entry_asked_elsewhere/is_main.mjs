import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const isMain = (url) => realpathSync(process.argv[1]) === fileURLToPath(url);
