// The program's own process object.
module.exports = globalThis.process;
