// fs.ReadStream and fs.WriteStream as old packages use them: without `new`, as the base of functions, and
// with an open() of their own.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'streams-'));
const file = path.join(folder, 'a.txt');
fs.writeFileSync(file, 'some text');

function Own(...args) {
  if (!(this instanceof Own)) return new Own(...args);
  fs.ReadStream.apply(this, args);
}
Own.prototype = Object.create(fs.ReadStream.prototype);
Own.prototype.open = function () {
  fs.open(this.path, this.flags, this.mode, (error, fd) => {
    if (error) {
      console.log('own open failed:', error.code);
      this.emit('error', error);
      return;
    }
    this.fd = fd;
    this.emit('open', fd);
  });
};

class Counting extends fs.WriteStream {
  total = 0;
  _write(chunk, encoding, callback) {
    this.total += chunk.length;
    super._write(chunk, encoding, callback);
  }
}

async function text(stream) {
  let all = '';
  for await (const chunk of stream.setEncoding('utf8')) all += chunk;
  return all;
}

async function main() {
  console.log(await text(fs.ReadStream(file)), await text(new fs.ReadStream(file, { start: 5 })));
  const own = Own(file);
  own.on('open', (fd) => console.log('open', typeof fd)).on('close', () => console.log('close'));
  console.log(own instanceof fs.ReadStream, await text(own));
  await text(Own(path.join(folder, 'missing'))).catch((error) => console.log(error.code, error.syscall));
  const counting = new Counting(path.join(folder, 'b.txt'));
  await pipeline(fs.createReadStream(file), counting);
  await pipeline(fs.createReadStream(file), fs.WriteStream(path.join(folder, 'c.txt'), { flags: 'w' }));
  console.log(counting.total, counting.bytesWritten, fs.readFileSync(path.join(folder, 'b.txt'), 'utf8'),
              fs.readFileSync(path.join(folder, 'c.txt'), 'utf8'));
  console.log(fs.ReadStream.name, fs.WriteStream.name, Object.keys(Own.prototype), typeof fs.WriteStream.prototype.open);
  fs.rmSync(folder, { recursive: true });
}
main();
