import counters from 'counters';

console.log(Object.keys(counters).sort().join());
