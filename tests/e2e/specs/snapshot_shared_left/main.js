// Memory that threads share is told when it is left.
const cells = new Int32Array(new SharedArrayBuffer(8));
dv8.main(() => console.log(cells));
