import { promises } from 'node:fs';

const file = await promises.open('/dev/null');
console.log(file);
