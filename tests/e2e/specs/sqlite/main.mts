// node:sqlite: values, parameters, functions, transactions, sessions, backups, and what throws.
import { backup, constants, DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const caught = (run: () => unknown) => {
  try {
    console.log('no error', run());
  } catch (error: any) {
    console.log(error.name, error.code, error.message, error.errcode ?? '', error.errstr ?? '');
  }
};

const file = join(folder, 'a b.db');
{
  const db = new DatabaseSync(file);
  db.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, data BLOB, big INTEGER, share REAL)');
  const insert = db.prepare('INSERT INTO people(name, data, big, share) VALUES (:name, :data, :big, :share)');
  console.log(insert.run({ name: 'Zoë 🙂', data: new Uint8Array([0, 255]), big: 2n ** 62n, share: 0.1 }));
  console.log(insert.run({ ':name': null, 'data': new DataView(new ArrayBuffer(1)), 'big': -1, 'share': true as any }));
  db.close();
}
const db = new DatabaseSync(pathToFileURL(file));
const all = db.prepare('SELECT * FROM people ORDER BY id');
caught(() => all.all());
all.setReadBigInts(true);
console.log(all.all(), db.isOpen, db.isTransaction, db.location() === file);
all.setReturnArrays(true);
for (const row of all.iterate()) console.log(row);
console.log(all.columns()[1], db.prepare('SELECT ? AS a, ?', { returnArrays: true }).get('1', 2));
console.log(db.prepare('SELECT @a + $b AS sum').get({ a: 1, $b: 2 }), db.prepare('SELECT 1 WHERE 0').get());

db.function('twice', (value: any) => `${value}${value}`);
db.aggregate('longest', { start: '', step: (a: any, b: any) => (String(b).length > a.length ? String(b) : a), result: (a: any) => a.toUpperCase() });
db.aggregate('total_of', { start: 0, step: (a: any, b: any) => a + b, inverse: (a: any, b: any) => a - b });
console.log(db.prepare("SELECT twice('ab') AS twice, longest(column1) AS longest FROM (VALUES ('one'), ('three'), (NULL))").get());
console.log(db.prepare('SELECT total_of(column1) OVER (ROWS 1 PRECEDING) AS n FROM (VALUES (1), (2), (4))').all().map((row) => row.n));
db.function('fails', () => { throw new RangeError('from the function'); });
caught(() => db.exec('SELECT fails()'));

// What a function must not do to the statement and the database that call it.
db.function('meddle', (what: any): any => (what === 0 ? db.close() : self.all(0)));
const self = db.prepare('SELECT meddle(?)');
caught(() => self.all(0));
caught(() => self.all(1));

db.exec('BEGIN');
console.log(db.isTransaction);
db.exec('DELETE FROM people; ROLLBACK');
const tags = db.createTagStore();
console.log(tags.all`SELECT count(*) AS n FROM people WHERE id > ${0}`, tags.size);

// FTS5, JSON, mathematics, R*Tree: as in Node's.
db.exec("CREATE VIRTUAL TABLE words USING fts5(text); INSERT INTO words VALUES ('packed when packing'), ('other')");
console.log(db.prepare("SELECT highlight(words, 0, '[', ']') AS text, json_extract('{\"a\":[7]}', '$.a[0]') AS json, floor(pi()) AS pi FROM words('pack*')").all());
db.exec('CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1)');

const session = db.createSession({ table: 'people' });
db.exec("UPDATE people SET name = 'Ann' WHERE id = 2");
const changes = session.changeset();
const copy = new DatabaseSync(join(folder, 'copy.db'));
caught(() => copy.applyChangeset(new Uint8Array(3)));
console.log(await backup(db, join(folder, 'pages.db'), { rate: 1, progress: () => {} }) > 1);
const pages = new DatabaseSync(join(folder, 'pages.db'));
pages.exec('UPDATE people SET name = NULL WHERE id = 2');
console.log(pages.applyChangeset(changes), pages.prepare('SELECT name FROM people WHERE id = 2').get());
pages.exec("UPDATE people SET name = 'Bob' WHERE id = 2");
console.log(pages.applyChangeset(changes, { onConflict: (kind) => (kind === constants.SQLITE_CHANGESET_DATA ? constants.SQLITE_CHANGESET_REPLACE : constants.SQLITE_CHANGESET_ABORT) }),
            pages.prepare('SELECT name FROM people WHERE id = 2').get());

pages.setAuthorizer((action) => (action === constants.SQLITE_DELETE ? constants.SQLITE_DENY : constants.SQLITE_OK));
caught(() => pages.exec('DELETE FROM people'));
pages.setAuthorizer(null);
console.log(pages.limits.attach, (pages.limits.attach = 1), pages.limits.attach);

const memory = new DatabaseSync(':memory:');
memory.deserialize(pages.serialize());
console.log(memory.prepare('SELECT count(*) AS n FROM people').get());

caught(() => db.exec('SELECT FROM'));
caught(() => db.prepare('INSERT INTO people(id) VALUES (1)').run());
caught(() => db.prepare('SELECT ?').all(undefined as any));
caught(() => db.prepare('SELECT :a').all({ b: 1 }));
caught(() => db.loadExtension('x.so'));
caught(() => new DatabaseSync(':memory:', { allowExtension: true }).loadExtension('x.so'));
caught(() => new DatabaseSync(join(folder, 'none', 'x.db')));
caught(() => new DatabaseSync(new URL('https://example.org/')));
// A change of table `t` without the value of its key.
caught(() => memory.applyChangeset(Buffer.from('540201007400170000030279790003027a7a', 'hex')));
const iterator = all.iterate();
db.close();
for (const use of [() => all.all(), () => iterator.next(), () => session.changeset(), () => tags.get`SELECT 1`, () => db.exec(''), () => db.limits.attach, () => db.close()]) caught(use);
db[Symbol.dispose]();
db.open();
console.log(db.prepare('SELECT name FROM people').all());
