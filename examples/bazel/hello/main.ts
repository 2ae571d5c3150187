import pc from 'picocolors';
import { greeting } from '../greeting/greeting.ts';

console.log(pc.bold(greeting(process.argv[2] ?? 'world')));
