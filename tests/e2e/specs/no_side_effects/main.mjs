import './setup.mjs';
import { unused } from './used.mjs';

console.log('main');
