const { Queue, CONSUMER, PRODUCER, O_NONBLOCK } = library('posix', {});
const name = '/dv8-rules-' + process.pid;
const make = (mode, size = 64) => {
  const q = new Queue();
  q.memory = new Uint8Array(size);
  q.setup(q.memory);
  q.rc = q.open(name, mode, O_NONBLOCK);
  return q;
};
const p = make(PRODUCER),
  c = make(CONSUMER),
  big = make(PRODUCER, 100),
  small = make(CONSUMER, 10);
console.log(c.recv(64), c.size(), big.send(100), c.send(1), p.recv(64));
p.memory[0] = 1;
p.send(1);
p.memory[0] = 2;
p.send(1, 9);
console.log(c.size(), small.recv(10), c.recv(64), c.memory[0], c.recv(64), c.memory[0]);
let n = 0;
while (p.send(1) === 1) n++;
console.log(n, p.send(1));
console.log(new Queue().recv(0), new Queue().size(), p.unlink(), p.unlink());
for (const t of [
  () => new Queue().open('/x'),
  () => p.open('/x', 2),
  () => p.send(65),
  () => p.recv(65),
  () => p.send(1, -1),
  () => p.setup('x'),
  () => p.open('/x', CONSUMER, 1),
  () => p.open('/x\0y'),
  () => new Queue().unlink(),
])
  try {
    t();
    console.log('no error');
  } catch (e) {
    console.log(e.name, e.message);
  }
const q = new Queue();
q.setup(new Uint8Array(8));
console.log(q.open('no-slash', CONSUMER), q.open('/a/b', CONSUMER));
