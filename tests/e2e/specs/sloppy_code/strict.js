'use strict';
// Only this file.
let thrown;
try { undeclaredHere = 1; } catch (error) { thrown = error.name; }
module.exports = [thrown, (function () { return this; })(), typeof undeclaredHere];
