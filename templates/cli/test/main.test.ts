import assert from 'node:assert/strict';
import { count } from '../src/count.ts';
import { parse } from '../src/options.ts';

assert.deepEqual(count(''), { lines: 0, words: 0, bytes: 0 });
assert.deepEqual(count('one two\nthrée\n'), { lines: 2, words: 3, bytes: 15 });
assert.deepEqual(parse([]), { files: ['-'], json: false, help: false });
assert.deepEqual(parse(['-j', 'a', 'b']), { files: ['a', 'b'], json: true, help: false });
assert.deepEqual(parse(['--completion', 'bash']), { files: ['-'], json: false, help: false, completion: 'bash' });
assert.deepEqual(parse(['--completion=x']), { error: '--completion is bash or fish' });
assert.match((parse(['--nope']) as { error: string }).error, /Unknown option '--nope'/);
console.log('all tests passed');
