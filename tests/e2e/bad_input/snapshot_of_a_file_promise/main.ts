import { promises } from 'node:fs';

const file = await promises.open('/dev/null');
dv8.main(() => console.log(file));
