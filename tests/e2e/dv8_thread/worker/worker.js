const n = new Uint8Array(workerData);
console.log(workerData instanceof ArrayBuffer, n[0]);
n[0] = 7;
process.exitCode = 3;
