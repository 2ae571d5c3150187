localStorage.clear();
localStorage.setItem('name', 'Zoë');
localStorage.count = 1;
localStorage[7] = '\ud800';
sessionStorage.only = 'here';
console.log(localStorage, localStorage.length, localStorage.getItem('none'), localStorage.none, 'count' in localStorage);
console.log(Object.keys(localStorage).sort(), delete localStorage.count, { ...localStorage }, sessionStorage);
for (const wrong of [() => localStorage.setItem('one'), () => new Storage(), () => Storage.prototype.length, () => { localStorage.big = 'x'.repeat(6e6); }]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
const { DatabaseSync } = require('node:sqlite');
const db = new DatabaseSync('kept.db');
console.log(db.prepare('SELECT count(*) AS n FROM nodejs_webstorage').get().n, db.prepare('SELECT total_size FROM nodejs_webstorage_state').get().total_size);
