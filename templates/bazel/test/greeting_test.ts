import assert from 'node:assert';
import { greeting } from '../src/greeting.ts';

assert.equal(greeting(), 'hello world');
assert.equal(greeting('you'), 'hello you');
