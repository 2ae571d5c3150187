'use strict';
const measure = require('./measure.js');
const fs = require('fs');
const path = require('path');
const { pipeline } = require('stream/promises');

const folder = fs.mkdtempSync('/dev/shm/dv8bench-');  // Memory: no disk in the figures.
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
const sized = (name, bytes, text) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes));
  return file;
};
const small = sized('small', 1024, 'The quick brown fox jumps over the lazy dog. ');
const middle = sized('middle', 64 * 1024, 'The quick brown fox jumps over the lazy dog. ');
const large = sized('large', 4 * 1024 * 1024, 'The quick brown fox jumps over the lazy dog. ');
const wide = sized('wide', 16 * 1024, 'Привет, мир — 世界 🙂 hello. ');
const target = path.join(folder, 'target');
const missing = path.join(folder, 'missing');
const many = path.join(folder, 'many');
fs.mkdirSync(many);
for (let i = 0; i < 50; i++) fs.writeFileSync(path.join(many, `file${i}`), '');
const open = fs.openSync(middle, 'r');
const bytes = Buffer.alloc(4096);
const data = fs.readFileSync(middle);
const text = fs.readFileSync(middle, 'utf8');
const megabyte = Buffer.alloc(1024 * 1024, 7);

const ended = (stream) => new Promise((resolve, reject) => stream.on('close', resolve).on('error', reject));

measure({
  'fs readFileSync 1K': () => fs.readFileSync(small).length,
  'fs readFileSync 64K': () => fs.readFileSync(middle).length,
  'fs readFileSync 4M': () => fs.readFileSync(large).length,
  'fs readFileSync utf8 1K': () => fs.readFileSync(small, 'utf8').length,
  'fs readFileSync utf8 64K': () => fs.readFileSync(middle, 'utf8').length,
  'fs readFileSync utf8 wide text 16K': () => fs.readFileSync(wide, 'utf8').length,
  'fs readFileSync latin1 64K': () => fs.readFileSync(middle, 'latin1').length,
  'fs writeFileSync 64K': () => fs.writeFileSync(target, data),
  'fs writeFileSync utf8 64K': () => fs.writeFileSync(target, text),
  'fs openSync closeSync': () => fs.closeSync(fs.openSync(small)),
  'fs readSync 4K': () => fs.readSync(open, bytes, 0, 4096, 0),
  'fs statSync': () => fs.statSync(small).size,
  'fs fstatSync': () => fs.fstatSync(open).size,
  'fs existsSync': () => (fs.existsSync(small) ? 1 : 0),
  'fs existsSync missing': () => (fs.existsSync(missing) ? 1 : 0),
  'fs statSync throws': () => { try { fs.statSync(missing); } catch { return 1; } return 0; },
  'fs readdirSync 50': () => fs.readdirSync(many).length,
  'fs readdirSync withFileTypes 50': () => fs.readdirSync(many, { withFileTypes: true }).length,
  'fs realpathSync': () => fs.realpathSync(small).length,
  'fs mkdirSync rmdirSync': () => { fs.mkdirSync(missing); fs.rmdirSync(missing); return 1; },
  'fs readFile 64K': () => new Promise((resolve) => { fs.readFile(middle, resolve); }),
  'fs stat': () => new Promise((resolve) => { fs.stat(middle, resolve); }),
  'fs.promises readFile utf8 64K': () => fs.promises.readFile(middle, 'utf8'),
  'fs.promises stat': () => fs.promises.stat(middle),
  'fs read stream 4M': () => ended(fs.createReadStream(large).resume()),
  'fs read stream utf8 4M': () => ended(fs.createReadStream(large, 'utf8').resume()),
  'fs write stream 16 x 1M': () => {
    const stream = fs.createWriteStream(target);
    for (let i = 0; i < 16; i++) stream.write(megabyte);
    return ended(stream.end());
  },
  'fs write stream 1000 x 64': () => {
    const stream = fs.createWriteStream(target);
    for (let i = 0; i < 1000; i++) stream.write(bytes.subarray(0, 64));
    return ended(stream.end());
  },
  'fs pipeline 4M': () => pipeline(fs.createReadStream(large), fs.createWriteStream(target)),
});
