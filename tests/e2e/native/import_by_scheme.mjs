import { ANSWER, parse } from 'dv8:counters';

console.log(ANSWER, parse('7'));
