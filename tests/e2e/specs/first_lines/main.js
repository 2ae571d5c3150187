#!/usr/bin/env node
// A line for the kernel stands before the program, and byte order marks before what it loads.
const later = require('./later.js'), data = require('./data.json');
console.log(later, data, new Error('here').stack.split('\n')[1].includes('main.js:4:'));
