// A program of WASI, packed in, whose folder is on the disk.
const { WASI } = require('node:wasi');
const fs = require('fs');
const path = require('path');

const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'wasi-'));
fs.writeFileSync(path.join(folder, 'note.txt'), 'from a file\n');
const module_ = new WebAssembly.Module(fs.readFileSync(path.join(__dirname, 'program.wasm')));
const wasi = new WASI({ version: 'preview1', args: ['program', 'größe'], env: { NAME: 'value' }, preopens: { '/files': folder } });
console.log(wasi.start(new WebAssembly.Instance(module_, wasi.getImportObject())), fs.readFileSync(path.join(folder, 'copy.txt'), 'utf8'));

const early = new WASI({ version: 'preview1' });
for (const wrong of [() => early.wasiImport.fd_close(1), () => new WASI({ version: 'preview1', preopens: { '/x': '/none' } }), () => wasi.start({ exports: {} }),
                     () => new WASI({ version: 'preview9' })]) {
  try {
    console.log(wrong());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const { wasi_snapshot_preview1: imports } = wasi.getImportObject();
console.log(imports.fd_close('1'), imports.fd_close(1000), imports.fd_write(1, 2 ** 32 - 8, 1, 0), imports.random_get(0, 2 ** 32 - 1), imports.fd_seek(1, 0, 0, 0));
fs.rmSync(folder, { recursive: true });
