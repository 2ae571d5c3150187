const { Process } = module('process', {});
const p = new Process();
const m = new Float64Array(14);
p.memoryUsage(m);
console.log(p.pid() === process.pid, m[0] > 1e6, m[2] > 0 && m[2] <= m[1] && m[1] < m[5], m[8] >= 1, m[12] > 0, m[3] === m[13]);
const mine = new Float64Array(4);
const spaces = p.heapUsage(mine);
console.log(Object.values(spaces)[0] === mine, spaces.old_space.length, spaces.old_space[2] >= spaces.old_space[3]);
const cpu = new Float64Array(2);
for (let i = 0; i < 3e7; i++) cpu[0] += i;
p.cpuUsage(cpu);
console.log(cpu[0] > 1000, cpu[1] >= 0);
const t = new BigUint64Array(1),
  u = new BigInt64Array(1);
p.hrtime(t);
p.sleep(0.01);
p.usleep(10000);
p.hrtime(u);
console.log(u[0] - BigInt.asIntN(64, t[0]) >= 20000000n, p.cwd() === process.cwd());
let ran = false;
Promise.resolve().then(() => {
  ran = true;
});
p.runMicroTasks();
console.log(ran);
for (const f of [
  () => p.memoryUsage(new Float64Array(13)),
  () => p.memoryUsage([]),
  () => p.cpuUsage(new Float64Array(1)),
  () => p.hrtime(new BigInt64Array(0)),
  () => p.hrtime([]),
  () => p.sleep(-1),
  () => p.heapUsage(new Float64Array(1)),
])
  try {
    f();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
const g = new Float64Array(14);
memoryUsage(g);
console.log(g[0] > 0);
