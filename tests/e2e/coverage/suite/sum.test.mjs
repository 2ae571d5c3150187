import assert from 'node:assert';
import { test } from 'node:test';
import { sum } from './sum.mjs';

test('sums', () => { assert.strictEqual(sum(1, 2), 3); });
