const { Process } = module('process', {});
const { getHeapStatistics } = require('node:v8');
const m = new Float64Array(14),
  p = new Process();
let before, h;
do {
  before = getHeapStatistics();
  p.memoryUsage(m.fill(-1));
  h = getHeapStatistics();
} while (before.total_heap_size_executable !== h.total_heap_size_executable); // What compiles beside takes pages of code.
const near = (slot, number) => Math.abs(m[slot] - number) <= number / 2;
console.log(
  near(0, process.memoryUsage().rss),
  near(1, h.total_heap_size),
  near(2, h.used_heap_size),
  m[3] === h.external_memory,
  m[4] === Number(h.does_zap_garbage),
);
console.log(
  m[5] === h.heap_size_limit,
  near(6, h.malloced_memory),
  m[7] === h.number_of_detached_contexts,
  m[8] === h.number_of_native_contexts,
  near(9, h.peak_malloced_memory),
);
console.log(
  near(10, h.total_available_size),
  near(11, h.total_heap_size_executable),
  near(12, h.total_physical_size),
  m[13] === h.external_memory,
);
