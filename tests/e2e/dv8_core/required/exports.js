module.exports = {n: ++globalThis.count, strict: (function () { return this; })() === undefined};
