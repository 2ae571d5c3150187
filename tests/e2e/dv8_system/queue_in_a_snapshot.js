const { Queue } = library('posix', {});
const q = new Queue();
q.setup(new Uint8Array(8));
q.open('/dv8-never');
dv8.main(() => {});
