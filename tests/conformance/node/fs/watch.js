// Changes of files and folders.
const fs = require('fs');
const os = require('os');
const path = require('path');
const top = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
(async () => {
  const seen = new Set();
  const watcher = fs.watch(top, (kind, name) => seen.add(`${kind} ${name}`));
  watcher.on('close', () => console.log('close'));
  await wait(20);
  fs.writeFileSync(path.join(top, 'a'), '1');
  await wait(150);
  fs.unlinkSync(path.join(top, 'a'));
  await wait(150);
  watcher.close();
  console.log([...seen].sort());
  await wait(10);
  try {
    fs.watch(path.join(top, 'none'));
  } catch (error) {
    console.log(error.code, error.errno, error.syscall, error.message.replace(top, '<top>'));
  }
  const file = path.join(top, 'polled');
  fs.writeFileSync(file, 'x');
  const changes = [];
  fs.watchFile(file, { interval: 20 }, (now, before) => changes.push([before.size, now.size]));
  await wait(200);
  fs.writeFileSync(file, 'longer');
  await wait(400);
  fs.unlinkSync(file);
  await wait(400);
  fs.unwatchFile(file);
  console.log(changes);
  const controller = new AbortController();
  const names = [];
  setTimeout(() => fs.writeFileSync(path.join(top, 'p'), ''), 30);
  try {
    for await (const { filename } of fs.promises.watch(top, { signal: controller.signal })) {
      names.push(filename);
      controller.abort();
    }
  } catch (error) {
    console.log(error.name, names[0]);
  }
  fs.rmSync(top, { recursive: true });
})();
