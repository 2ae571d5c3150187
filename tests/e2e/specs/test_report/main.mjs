// node:test reports to the program's own standard output.
import test from 'node:test';
import assert from 'node:assert';

test('adds', () => assert.equal(1 + 1, 2));
test('leaves out', { skip: true }, () => assert.fail());
