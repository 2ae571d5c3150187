console.log(require('one').one(), require('counters').ANSWER);
