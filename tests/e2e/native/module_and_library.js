const { parse } = module('counters', {});
console.log(parse('12'), library('counters', {}).ANSWER, library('counter', {}));
