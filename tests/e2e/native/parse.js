console.log(require('counters').parse('5'));
