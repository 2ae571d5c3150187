// A database that is packed in can be read, and nothing in it changed.
const { DatabaseSync } = require('node:sqlite');
const path = require('path');
const { pathToFileURL } = require('url');

const file = path.join(__dirname, 'data', 'places.db');
for (const location of [file, pathToFileURL(file)]) {
  const db = new DatabaseSync(location);
  console.log(db.prepare('SELECT name FROM places ORDER BY name').all().map((row) => row.name).join(), db.location() === file);
  try {
    db.exec("INSERT INTO places VALUES ('Ulm')");
  } catch (error) {
    console.log(error.code, error.message);
  }
  db.close();
}
