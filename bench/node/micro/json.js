'use strict';
const measure = require('./measure.js');

const small = { id: 17, name: 'dv8pack', tags: ['a', 'b', 'c'], nested: { yes: true, no: false, nothing: null } };
const rows = Array.from({ length: 500 }, (_, i) => ({
  id: i, name: `name ${i}`, price: i * 1.25, tags: ['first', 'second', 'third'], address: { street: 'Straße 1', zip: '12345' },
}));
const words = Array.from({ length: 2000 }, (_, i) => `word "${i}"\n`);
const numbers = Array.from({ length: 2000 }, (_, i) => i * 1.1);
const smallText = JSON.stringify(small);
const rowsText = JSON.stringify(rows);
const wordsText = JSON.stringify(words);
const numbersText = JSON.stringify(numbers);
const bytes = Buffer.from(rowsText);

measure({
  'JSON.parse small': () => JSON.parse(smallText).id,
  'JSON.parse 500 rows': () => JSON.parse(rowsText).length,
  'JSON.parse strings': () => JSON.parse(wordsText).length,
  'JSON.parse numbers': () => JSON.parse(numbersText).length,
  'JSON.parse of a Buffer': () => JSON.parse(bytes).length,
  'JSON.parse with a reviver': () => Object.keys(JSON.parse(smallText, (_, value) => value)).length,
  'JSON.stringify small': () => JSON.stringify(small).length,
  'JSON.stringify 500 rows': () => JSON.stringify(rows).length,
  'JSON.stringify indented 500 rows': () => JSON.stringify(rows, null, 2).length,
  'JSON.stringify strings': () => JSON.stringify(words).length,
  'JSON.stringify numbers': () => JSON.stringify(numbers).length,
  'structuredClone small': () => structuredClone(small).id,
  'structuredClone 500 rows': () => structuredClone(rows).length,
});
