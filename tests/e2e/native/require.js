console.log(require('counters').ANSWER, require('dv8:counters').made());
