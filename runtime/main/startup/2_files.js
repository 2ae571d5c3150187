const fs = require('fs');
const path = require('path');
const file = process.argv[2] ?? '/etc/hostname';
console.log(path.basename(file), fs.readFileSync(file, 'utf8').split('\n').length, Object.keys(process.env).length > 0);
fs.promises.readFile(file).then((bytes) => console.log(bytes.length), (error) => console.log(error.code));
