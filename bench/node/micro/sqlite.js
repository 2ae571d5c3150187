'use strict';
const { DatabaseSync } = require('node:sqlite');
const measure = require('./measure.js');

const db = new DatabaseSync(':memory:');
db.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT, value REAL); CREATE TABLE inserted(id INTEGER PRIMARY KEY, name TEXT, value REAL)');
const fill = db.prepare('INSERT INTO t(name, value) VALUES (?, ?)');
db.exec('BEGIN');
for (let i = 0; i < 1000; i++) fill.run(`name ${i}`, i / 3);
db.exec('COMMIT');
const insert = db.prepare('INSERT INTO inserted(name, value) VALUES (?, ?)');
const named = db.prepare('INSERT OR REPLACE INTO inserted(id, name, value) VALUES (:id, :name, :value)');
const byId = db.prepare('SELECT * FROM t WHERE id = ?');
const all = db.prepare('SELECT * FROM t');
const arrays = db.prepare('SELECT * FROM t', { returnArrays: true });
db.function('add_one', (value) => value + 1);
const called = db.prepare('SELECT sum(add_one(id)) AS sum FROM t');
let id = 0;
let inserts = 0;

measure({
  'sqlite insert': () => {
    if (++inserts % 10000 === 0) db.exec('DELETE FROM inserted');
    return insert.run('a name', 1.5).changes;
  },
  'sqlite insert by names': () => named.run({ id: (id++ % 1000) + 1, name: 'a name', value: 1.5 }).changes,
  'sqlite get by id': () => byId.get((id++ % 1000) + 1).name.length,
  'sqlite all 1000 rows': () => all.all().length,
  'sqlite all 1000 arrays': () => arrays.all().length,
  'sqlite iterate 1000 rows': () => {
    let count = 0;
    for (const row of all.iterate()) count += row.id;
    return count;
  },
  'sqlite function 1000 calls': () => called.get().sum,
  'sqlite prepare': () => db.prepare('SELECT name FROM t WHERE id = ?') !== undefined,
  'sqlite exec': () => db.exec('UPDATE t SET value = 1 WHERE id = 5'),
});
