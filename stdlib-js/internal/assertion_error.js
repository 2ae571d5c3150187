// AssertionError, with the messages and the line diff of Node's assert.
import { inspect } from './inspect.js';
import { validateObject } from './validators.js';

const heads = {
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values identical but not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};
const shortLength = 12;

function show(value) {
  return inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, showHidden: false,
                          showProxy: false, sorted: true, getters: true });
}

// Longest common subsequence of lines, for texts of sensible size.
function diffLines(actual, expected) {
  const n = actual.length;
  const m = expected.length;
  if (n * m > 4e6) return [...actual.map((line) => ['+', line]), ...expected.map((line) => ['-', line])];
  const table = Array.from({ length: n + 1 }, () => new Uint32Array(m + 1));
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--) {
      table[i][j] = actual[i] === expected[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const result = [];
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && actual[i] === expected[j]) {
      result.push([' ', actual[i++]]);
      j++;
    } else if (i < n && (j >= m || table[i + 1][j] >= table[i][j + 1])) {
      result.push(['+', actual[i++]]);
    } else {
      result.push(['-', expected[j++]]);
    }
  }
  return result;
}

// `custom` takes the place of the first line.
function equalMessage(actual, expected, operator, custom) {
  if (operator === 'strictEqual' && ((typeof actual === 'object' && actual !== null && typeof expected === 'object' && expected !== null) ||
                                     (typeof actual === 'function' && typeof expected === 'function'))) operator = 'strictEqualObject';
  const left = show(actual);
  const right = show(expected);
  const leftLines = left.split('\n');
  const rightLines = right.split('\n');
  if (leftLines.length === 1 && rightLines.length === 1 && left !== right) {
    const simple = (typeof actual !== 'object' || actual === null) && (typeof expected !== 'object' || expected === null);
    if (left.length + right.length <= shortLength && simple && (actual !== 0 || expected !== 0)) {
      return `${custom ?? heads[operator]}\n\n${left} !== ${right}\n`;
    }
  }
  if (left === right) return `${custom ?? heads.notIdentical}\n\n${left}\n`;
  const lines = diffLines(leftLines, rightLines);
  const shown = [];
  lines.forEach(([mark, line], i) => {
    const near = lines.slice(Math.max(0, i - 2), i + 3).some(([each]) => each !== ' ');
    if (mark !== ' ' || near || lines.length < 50) shown.push(`${mark} ${line}`);
    else if (shown.at(-1) !== '...') shown.push('...');
  });
  return `${custom ?? heads[operator]}\n+ actual - expected\n\n${shown.join('\n')}\n`;
}

function makeMessage(actual, expected, operator) {
  switch (operator) {
    case 'deepStrictEqual': case 'strictEqual': case 'partialDeepStrictEqual':
      return equalMessage(actual, expected, operator);
    case 'notDeepStrictEqual': case 'notStrictEqual': {
      let head = heads[operator];
      if (operator === 'notStrictEqual' && ((typeof actual === 'object' && actual !== null) || typeof actual === 'function')) head = heads.notStrictEqualObject;
      const text = show(actual);
      return text.includes('\n') ? `${head}\n\n${text}\n` : `${head} ${text}`;
    }
    default: {
      const left = inspect(actual);
      const right = inspect(expected);
      if (operator === 'deepEqual') return `${heads.deepEqual}\n\n${show(actual)}\n\nshould loosely deep-equal\n\n${show(expected)}`;
      if (operator === 'notDeepEqual') return `${heads.notDeepEqualUnequal}\n\n${show(actual)}\n\nshould not loosely deep-equal\n\n${show(expected)}`;
      return `${left} ${operator} ${right}`;
    }
  }
}

// These show the difference under the caller's own message too.
const withDiff = new Set(['deepStrictEqual', 'partialDeepStrictEqual', 'strictEqual']);

export class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const { message, operator, actual, expected, stackStartFn, stackStartFunction } = options;
    super(message == null ? makeMessage(actual, expected, operator)
      : withDiff.has(operator) ? equalMessage(actual, expected, operator, String(message)) : String(message));
    Object.defineProperty(this, 'name', { value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true });
    this.generatedMessage = !message;
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    void this.stack; // The header names the code; the name itself does not.
    this.name = 'AssertionError';
  }

  toString() { return `${this.name} [${this.code}]: ${this.message}`; }
}
