// Lines from a stream: events, iteration, questions.
const readline = require('node:readline');
const { Readable } = require('node:stream');
const output = [];
const sink = { write(text, callback) { output.push(text); if (typeof callback === 'function') callback(); return true; }, on() {}, once() {}, removeListener() {} };
(async () => {
  const seen = [];
  for await (const line of readline.createInterface({ input: Readable.from(['a\nb', 'c\r\nd\n', '\nlast']) })) seen.push(line);
  console.log(seen);
  const events = readline.createInterface({ input: Readable.from(['one\n', 'two\n']), crlfDelay: Infinity });
  events.on('line', (line) => console.log('line', line));
  await new Promise((resolve) => events.on('close', resolve));
  console.log('closed');
  const asking = readline.createInterface({ input: Readable.from(['Ann\n']), output: sink, terminal: false });
  asking.question('name? ', (answer) => {
    console.log('answer', answer, output);
    asking.close();
  });
  await new Promise((resolve) => asking.on('close', resolve));
  const promises = require('node:readline/promises').createInterface({ input: Readable.from(['42\n']), output: sink, terminal: false });
  console.log('awaited', await promises.question('number? '));
  promises.close();
  readline.cursorTo(sink, 3, 4);
  readline.moveCursor(sink, -1, 2);
  readline.clearLine(sink, 0);
  console.log(JSON.stringify(output.slice(-3)));
})();
