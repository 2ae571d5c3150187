const { Queue, CONSUMER, PRODUCER } = library('posix', {});
const q = new Queue();
const b = new Buffer();
b.alloc(128);
q.setup(b);
if (args[3] === 'send') {
  q.open(args[2], PRODUCER);
  for (let i = 0; i < 100; i++) {
    b.write('message ' + String(i).padStart(3, '0'));
    const rc = q.send(11, 0);
    if (rc !== 11) console.log(rc);
  }
  q.close();
} else {
  console.log(q.open(args[2], CONSUMER) > 0);
  let good = 0;
  for (let i = 0; i < 100; i++) if (q.recv(128) === 11 && b.read(0, 11) === 'message ' + String(i).padStart(3, '0')) good++;
  console.log(good, q.unlink(), q.close(), q.close());
}
