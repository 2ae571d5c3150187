// queue NAME send TEXT... | queue NAME receive COUNT: messages between processes by a POSIX message queue.
// Without arguments it sends to itself.
const { Queue, CONSUMER, PRODUCER } = module('posix', {});

const SIZE = 1024;

function open(name, mode) {
  const queue = new Queue();
  queue.bytes = Buffer.alloc(SIZE);
  queue.setup(queue.bytes);
  const fd = queue.open(name, mode);
  if (fd < 0) {
    console.log(`${name}: error ${fd}`);
    process.exit(1);
  }
  return queue;
}

function send(name, texts) {
  const queue = open(name, PRODUCER);
  for (const text of texts) {
    queue.bytes.write(text);
    const length = queue.send(new TextEncoder().encode(text).length);
    if (length < 0) console.log(`not sent: error ${length}`);
  }
  queue.close();
}

function receive(name, count) {
  const queue = open(name, CONSUMER);
  for (let i = 0; i < count; i++) console.log(queue.bytes.read(0, queue.recv(SIZE)));
  queue.close();
  queue.unlink(name);
}

const [name = `/dv8-queue-${process.PID}`, what, ...rest] = args.slice(2);
if (what === 'send') send(name, rest);
else if (what === 'receive') receive(name, Number(rest[0] ?? 1));
else {
  send(name, ['one', 'two', 'thrée']);
  receive(name, 3);
}
