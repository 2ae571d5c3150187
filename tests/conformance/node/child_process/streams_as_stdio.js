// A child's stdio may be another child's pipe, the process's own streams, or a file's stream.
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-')), 'out.txt');
const upper = spawn('tr', ['a-z', 'A-Z'], { stdio: ['pipe', 'pipe', process.stderr] });
upper.stdout.on('data', (data) => process.stdout.write(data));
const source = spawn('echo', ['through two children'], { stdio: ['ignore', upper.stdin, process.stderr] });
source.on('close', () => upper.stdin.end());
upper.on('close', (code) => {
  console.log('close', code);
  const out = fs.createWriteStream(file);
  out.on('open', () => {
    spawn('echo', ['into a file'], { stdio: ['ignore', out, 'inherit'] }).on('close', () => {
      console.log(fs.readFileSync(file, 'utf8').trim());
      fs.rmSync(path.dirname(file), { recursive: true });
      spawn('echo', ['to stdout'], { stdio: [process.stdin, process.stdout, process.stderr] });
    });
  });
});
