// Callbacks, promises, file handles, streams and their errors.
const fs = require('fs');
const os = require('os');
const path = require('path');
const top = fs.mkdtempSync(path.join(os.tmpdir(), 'conformance-'));
const at = (...names) => path.join(top, ...names);
const hide = (text) => String(text).replaceAll(top, '<top>');
const fail = (error) => [error.name, error.code, error.errno, error.syscall, hide(error.path), hide(error.message)].join(' | ');
const cb = (name, fn) => new Promise((resolve) => {
  try {
    fn((error, ...values) => {
      console.log(name, error ? fail(error) : error, ...values.map((v) => (typeof v === 'string' ? hide(v) : v)));
      resolve();
    });
  } catch (error) {
    console.log(name, 'threw', error.name, error.code, error.message);
    resolve();
  }
});
const p = async (name, fn) => {
  try {
    const value = await fn();
    console.log(name, typeof value === 'string' ? hide(value) : value);
  } catch (error) {
    console.log(name, 'rejected', fail(error));
  }
};
(async () => {
  await cb('writeFile', (done) => fs.writeFile(at('a'), 'text ä', done));
  await cb('readFile', (done) => fs.readFile(at('a'), 'utf8', done));
  await cb('readFile', (done) => fs.readFile(at('a'), done));
  await cb('readFile', (done) => fs.readFile(at('none'), done));
  await cb('readFile', (done) => fs.readFile(top, done));
  await cb('no callback', () => fs.readFile(at('a')));
  await cb('bad path', (done) => fs.readFile(5.5, done));
  await cb('bad path', (done) => fs.stat({}, done));
  await cb('appendFile', (done) => fs.appendFile(at('a'), '!', done));
  await cb('stat', (done) => fs.stat(at('a'), (error, s) => done(error, s && s.size)));
  await cb('stat', (done) => fs.stat(at('none'), done));
  await cb('lstat', (done) => fs.lstat(at('none'), done));
  await cb('access', (done) => fs.access(at('none'), done));
  await cb('access', (done) => fs.access(at('a'), fs.constants.R_OK, done));
  await new Promise((resolve) => fs.exists(at('a'), (yes) => { console.log('exists', yes); resolve(); }));
  await cb('mkdir', (done) => fs.mkdir(at('d'), done));
  await cb('mkdir', (done) => fs.mkdir(at('d'), done));
  await cb('mkdir', (done) => fs.mkdir(at('d/e/f'), { recursive: true }, done));
  await cb('readdir', (done) => fs.readdir(at('d'), done));
  await cb('readdir', (done) => fs.readdir(at('none'), done));
  await cb('readdir', (done) => fs.readdir(top, { withFileTypes: true }, (error, list) => done(error, list.map((e) => [e.name, e.isDirectory()]).sort())));
  await cb('rename', (done) => fs.rename(at('a'), at('b'), done));
  await cb('copyFile', (done) => fs.copyFile(at('b'), at('c'), done));
  await cb('symlink', (done) => fs.symlink('b', at('l'), done));
  await cb('readlink', (done) => fs.readlink(at('l'), done));
  await cb('realpath', (done) => fs.realpath(at('l'), done));
  await cb('realpath', (done) => fs.realpath.native(at('l'), done));
  await cb('open', (done) => fs.open(at('none'), done));
  await cb('open', (done) => fs.open(at('b'), 'r', (error, fd) => {
    if (error) return done(error);
    const buffer = Buffer.alloc(4);
    fs.read(fd, buffer, 0, 4, 0, (error, bytes, same) => {
      console.log(bytes, same === buffer, buffer.toString());
      fs.read(fd, { buffer, position: 2 }, (error, bytes) => {
        console.log(bytes, buffer.toString());
        fs.fstat(fd, (error, s) => {
          console.log(s.size);
          fs.close(fd, done);
        });
      });
    });
  }));
  await cb('write', (done) => {
    const fd = fs.openSync(at('w'), 'w');
    fs.write(fd, 'abc', (error, bytes, text) => {
      console.log(error, bytes, text);
      fs.write(fd, Buffer.from('xyz'), 1, 1, 0, (error, bytes, buffer) => {
        console.log(error, bytes, buffer);
        fs.writev(fd, [Buffer.from('1'), Buffer.from('2')], (error, bytes, list) => {
          console.log(error, bytes, list.length, fs.readFileSync(at('w'), 'utf8'));
          fs.close(fd, done);
        });
      });
    });
  });
  await cb('unlink', (done) => fs.unlink(at('none'), done));
  await cb('rm', (done) => fs.rm(at('d'), done));
  await cb('rm', (done) => fs.rm(at('d'), { recursive: true }, done));
  await cb('rmdir', (done) => fs.rmdir(at('none'), done));
  await cb('mkdtemp', (done) => fs.mkdtemp(at('t-'), (error, name) => done(error, name.length === at('t-').length + 6)));

  const promises = fs.promises;
  console.log(promises === require('fs/promises'));
  await p('readFile', () => promises.readFile(at('b'), 'utf8'));
  await p('readFile', () => promises.readFile(at('none'), 'utf8'));
  await p('writeFile', () => promises.writeFile(at('p'), ['a', 'b', 'c']));
  await p('writeFile', () => promises.writeFile(at('p'), 'x', { flag: 'a' }));
  await p('readFile', () => promises.readFile(at('p'), { encoding: 'utf8' }));
  await p('stat', async () => (await promises.stat(at('p'))).size);
  await p('access', () => promises.access(at('none')));
  await p('mkdir', () => promises.mkdir(at('x/y/z'), { recursive: true }));
  await p('mkdir', () => promises.mkdir(at('x')));
  await p('readdir', () => promises.readdir(at('x'), { recursive: true }));
  await p('cp', () => promises.cp(at('x'), at('x2'), { recursive: true }));
  await p('rm', () => promises.rm(at('x2'), { recursive: true }));
  await p('rm', () => promises.rm(at('none')));
  await p('bad', () => promises.readFile());
  await p('open', async () => {
    const handle = await promises.open(at('h'), 'w+');
    const out = [typeof handle.fd, (await handle.write('hello\nworld\n')).bytesWritten];
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
    out.push(bytesRead, buffer.toString(), (await handle.stat()).size);
    await handle.truncate(8);
    out.push(await promises.readFile(at('h'), 'utf8'), await handle.readFile('utf8'));
    await handle.close();
    out.push(handle.fd);
    return out;
  });
  await p('open', () => promises.open(at('none')));
  await p('readLines', async () => {
    const handle = await promises.open(at('h'));
    const lines = [];
    for await (const line of handle.readLines()) lines.push(line);
    return lines;
  });
  await p('opendir', async () => {
    const names = [];
    for await (const entry of await promises.opendir(top)) names.push(entry.name.replace(/^t-.*/, 't-'));
    return names.sort();
  });
  const aborted = new AbortController();
  aborted.abort();
  await p('abort', () => promises.readFile(at('b'), { signal: aborted.signal }));

  await new Promise((resolve) => {
    const out = fs.createWriteStream(at('s'));
    out.on('open', (fd) => console.log('open', typeof fd)).on('ready', () => console.log('ready'));
    out.on('finish', () => console.log('finish', out.bytesWritten, hide(out.path))).on('close', () => { console.log('close'); resolve(); });
    out.write('one ');
    out.write(Buffer.from('two '));
    out.end('three');
  });
  await new Promise((resolve) => {
    const chunks = [];
    fs.createReadStream(at('s'), { start: 2, end: 9, highWaterMark: 3, encoding: 'utf8' })
      .on('data', (chunk) => chunks.push(chunk)).on('end', () => console.log('end', chunks)).on('close', resolve);
  });
  await new Promise((resolve) => {
    fs.createReadStream(at('none')).on('error', (error) => { console.log('error', fail(error)); resolve(); });
  });
  await new Promise((resolve) => {
    fs.createWriteStream(at('s'), { flags: 'a' }).end('!', () => resolve());
  });
  await new Promise((resolve) => {
    require('stream').pipeline(fs.createReadStream(at('s')), fs.createWriteStream(at('s2')), (error) => {
      console.log('pipeline', error, fs.readFileSync(at('s2'), 'utf8'));
      resolve();
    });
  });
  const parts = [];
  for await (const chunk of fs.createReadStream(at('s'), { highWaterMark: 4 })) parts.push(chunk.toString());
  console.log(parts);
  fs.rmSync(top, { recursive: true });
})();
