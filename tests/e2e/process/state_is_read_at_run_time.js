import os from 'node:os';
const d = new Date(1720000000000);
console.log(d.getHours(), d.getTimezoneOffset(), process.env.WHO, process.cwd(), os.homedir());
console.log(process.argv.slice(2).join('|'), Object.keys(process.env).includes('WHO'));
