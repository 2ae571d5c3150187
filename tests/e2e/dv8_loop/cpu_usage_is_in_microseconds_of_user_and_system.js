const { Process } = module('process', {});
const { readFileSync } = require('node:fs');
const end = performance.now() + 400;
while (performance.now() < end) for (let i = 0; i < 5000; i++) if (Math.sin(i) > 1 || i === 0) readFileSync('/proc/self/status');
const c = new Float64Array(2),
  p = new Process();
const before = process.cpuUsage();
p.cpuUsage(c);
const after = process.cpuUsage();
console.log(
  0 < before.user && before.user <= c[0] && c[0] <= after.user,
  0 < before.system && before.system <= c[1] && c[1] <= after.system,
);
