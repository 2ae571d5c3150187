import assert from 'node:assert';
import { greeting } from './greeting.ts';

assert.equal(greeting('you'), 'Hello, you!');
