// Whole files, parts of files and folders: at once, by callbacks, by promises and as streams.
'use strict';

const fs = require('fs');

const FILE = '/app/rehearsal';
const done = () => {};

exports.run = ({ settle }) => {
  fs.existsSync(FILE);
  fs.readFileSync(FILE);
  fs.readFileSync(FILE, 'utf8');
  fs.writeFileSync(FILE, 'rehearsal');
  fs.writeFileSync(FILE, Buffer.from('rehearsal'));
  fs.statSync(FILE).isFile();
  fs.readdirSync('/app/');
  fs.readdirSync('/app/', { withFileTypes: true });
  fs.mkdirSync('/app/a', { recursive: true });
  fs.unlinkSync(FILE);
  fs.closeSync(fs.openSync(FILE, 'r'));
  fs.mkdtempSync('/app/a');
  fs.rmSync(FILE);

  fs.readFile(FILE, done);
  fs.readFile(FILE, 'utf8', done);
  fs.writeFile(FILE, 'rehearsal', done);
  fs.stat(FILE, done);
  fs.readdir('/app/', done);
  fs.mkdir('/app/a', { recursive: true }, done);
  fs.unlink(FILE, done);
  settle();

  const { promises } = fs;
  promises.readFile(FILE);
  promises.readFile(FILE, 'utf8');
  promises.writeFile(FILE, 'rehearsal');
  promises.stat(FILE);
  promises.readdir('/app/');
  promises.mkdir('/app/a', { recursive: true });
  promises.unlink(FILE);
  promises.open(FILE).then(async (file) => {
    await file.read(Buffer.alloc(16), 0, 16, 0);
    await file.close();
  });
  settle();
};
