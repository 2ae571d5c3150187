// Pipes beyond the third: 'close' comes whether they are read, written or left alone.
const { spawn } = require('child_process');
const runs = [
  ['read', 'echo a >&3', 4, (c) => c.stdio[3].on('data', (data) => console.log('fd 3:', String(data).trim()))],
  ['left alone', 'echo a >&3', 4, () => {}],
  ['written', 'read line <&3; echo "got $line" >&4', 5, (c) => {
    c.stdio[3].end('hello\n');
    c.stdio[4].on('data', (data) => console.log('fd 4:', String(data).trim()));
  }],
  ['both ways', 'read line <&3; echo "back $line" >&3', 4, (c) => {
    c.stdio[3].write('x\n');
    c.stdio[3].on('data', (data) => console.log('fd 3:', String(data).trim()));
  }],
];
(async () => {
  for (const [name, script, count, use] of runs) {
    const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe', ...new Array(count - 3).fill('pipe')] });
    use(child);
    const code = await new Promise((resolve) => { child.on('close', resolve); });
    console.log(name, 'close', code);
  }
})();
