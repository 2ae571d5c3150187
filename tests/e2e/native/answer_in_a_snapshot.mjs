import { ANSWER } from 'dv8:counters';

const twice = 2 * ANSWER;
dv8.main(() => console.log(twice));
