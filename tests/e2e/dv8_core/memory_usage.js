const counts = new Float64Array(14);
memoryUsage(counts);
console.log(counts[0] > 1e6, counts[2] > 1e4, counts[2] < counts[0]);
