const e = new Error('no', { cause: [new Map([[1, { a: new Set([2]) }]])] });
console.log({ e: e.cause });
throw e;
