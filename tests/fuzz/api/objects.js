'use strict';

// What odd values alone seldom make: objects of a unit that work, and strings that it takes.

const fs = require('fs');

function sqlite(module) {
  const sql = [
    'CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b)', 'INSERT INTO t(b) VALUES (?)', 'SELECT * FROM t', 'SELECT f(a), g(b) FROM t',
    'SELECT g(a) OVER (ORDER BY a ROWS 2 PRECEDING) FROM t', 'SELECT :x, @y, ?3', 'DELETE FROM t', 'DROP TABLE IF EXISTS t', 'BEGIN', 'COMMIT', 'f', 'g',
    'WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c WHERE x<50) SELECT f(x) FROM c', ':memory:', 'main', 'temp', 't',
  ];
  const objects = [];
  for (let i = 0; i < 4; i++) {
    const db = new module.DatabaseSync(':memory:');
    db.exec('CREATE TABLE t(a INTEGER PRIMARY KEY, b); INSERT INTO t(b) VALUES (1), (2.5), (NULL), (x\'00ff\'), (\'text\')');
    const all = db.prepare('SELECT a, b FROM t');
    const tag = db.createTagStore(2);
    const session = db.createSession();
    // Functions that do to the database what they must not while it runs.
    const deeds = [() => db.close(), () => all.all(), () => db.exec('DROP TABLE t'), () => session.changeset(), () => db.deserialize(db.serialize()),
                   () => { throw new Error('thrown'); }, () => tag.all`SELECT f(1)`, (value) => value];
    db.function('f', { varargs: true }, (...values) => { deeds[values.length === 0 ? i : Number(values[0] ?? 0) & 7]?.(...values); return 1; });
    db.aggregate('g', { start: 0, step: (sum, value) => sum + (value === 3 ? deeds[i]() ?? 0 : 1), inverse: (sum) => sum - 1 });
    objects.push(db, all, all.iterate(), db.prepare('INSERT INTO t(b) VALUES (?)'), db.prepare('SELECT f(a), g(b) FROM t'), session, tag, tag.iterate`SELECT 1`,
                 db.limits, session.patchset(), db.serialize(), { start: 0, step: (sum) => sum, inverse: deeds[i + 4], result: deeds[i] },
                 { onConflict: deeds[i], filter: deeds[i + 4] }, { a: 1, x: 'x', y: null }, deeds[i], deeds[i + 4], ['SELECT ', ''], ['SELECT f(', ')']);
  }
  return [...objects, ...sql];
}

function wasi(module) {
  const nowhere = fs.openSync('/dev/null', 'r+');
  return [1, 2].map((pages) => {
    const made = new module.WASI(['program', 'x'], ['A=b'], ['/here', '.'], [nowhere, nowhere, nowhere]);
    made._setMemory(new WebAssembly.Memory({ initial: pages }));
    return made;
  });
}

exports.objectsOf = function objectsOf(unit, root) {
  if (unit === 'binding:wasi') return wasi(root);
  return /^(node|binding):sqlite$/.test(unit) ? sqlite(root) : [];
};
