import { REQUEST, RESPONSE, METHODS } from 'dv8:httpParser';
console.log(REQUEST, RESPONSE, METHODS[1], METHODS[3], METHODS[33]);
