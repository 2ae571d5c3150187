// Evaluates lines of standard input; `.memory` and `.every MS SCRIPT` are its commands.
const { TTY } = module('tty', {});
const { Process } = module('process', {});
const { Timer } = module('timer', {});

const self = new Process();
const timers = [];
const input = new TTY(0);
const output = new TTY(1);
const inBuffer = new Buffer();
const outBuffer = new Buffer();
input.setup(inBuffer.alloc(65536));
output.setup(outBuffer.alloc(65536));

const encoder = new TextEncoder();

function say(text) {
  for (let rest = text; rest !== '';) {
    const { read, written } = encoder.encodeInto(rest, new Uint8Array(outBuffer.bytes));
    output.write(written); // What does not fit into the descriptor now is copied and follows.
    rest = rest.slice(read);
  }
}

function show(value) {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value); // A circle, or a BigInt in it.
  }
}

function evaluate(script) {
  try {
    say(`${show(evalScript(script))}\n`);
  } catch (error) {
    say(`${error}\n`);
  }
}

function take(line) {
  const every = /^\.every (\d+) (.+)$/.exec(line);
  if (every !== null) {
    const timer = new Timer();
    timers.push(timer);
    timer.start(() => evaluate(every[2]), Number(every[1]), Number(every[1]));
  } else if (line === '.memory') {
    const numbers = new Float64Array(14);
    self.memoryUsage(numbers);
    say(`resident: ${(numbers[0] / 1048576).toFixed(1)} MiB\n`);
  } else if (line !== '') {
    evaluate(line);
  }
}

let rest = '';
input.onRead((length) => {
  const lines = (rest + inBuffer.read(0, length)).split('\n');
  rest = lines.pop();
  lines.forEach(take);
});
input.onEnd(() => {
  take(rest);
  for (const timer of timers) timer.stop();
  input.close();
  output.close();
});
input.resume();
