const { execFileSync, spawn } = require('child_process');
console.log(execFileSync('/bin/echo', ['done']).toString());
const child = spawn('/bin/cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
child.on('close', (code) => console.log(code));
child.stdin.end('text');
setTimeout(() => {}, 5);
