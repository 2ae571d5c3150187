// However a program ends, its databases are closed: no log is left beside the file.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { DatabaseSync } = require('node:sqlite');

const [how, file] = process.argv.slice(2);
if (how !== undefined) {
  const db = new DatabaseSync(file);
  db.exec('PRAGMA journal_mode = wal; CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)');
  db.prepare('SELECT a FROM t').iterate().next();
  if (how === 'exit') process.exit(3);
  if (how === 'throw') throw new Error('uncaught');
} else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sqlite-'));
  for (const each of ['end', 'exit', 'throw']) {
    const { status } = spawnSync(process.execPath, [each, path.join(folder, `${each}.db`)]);
    console.log(each, status, fs.readdirSync(folder));
    fs.rmSync(path.join(folder, `${each}.db`));
  }
  fs.rmSync(folder, { recursive: true });
}
