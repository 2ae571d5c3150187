// CommonJS is sloppy where it does not say otherwise: this, arguments, names and scopes are what they always were.
var arguments_ = arguments.length, static = 'a name';
undeclared = this === exports;
function twice(a, a) { arguments[0] = 5; return a; }
try { throw 'caught'; } catch (e) { var e = 'inner'; var kept = e; }
{ function inBlock() { return 'hoisted'; } }
with ({ static: 'of the object' }) var found = static;
console.log(arguments_, static, undeclared, twice(1, 2), e, kept, inBlock(), found);
console.log(010, '\101', delete undeclared, typeof undeclared, (function () { return this === globalThis; })(), function () { 'use strict'; return this; }());
label: { if (kept) break label; console.log('never'); }
var let = 1, yield = 2, async = 3, of = 4; <!-- a comment of old pages
console.log(let + yield + async + of, eval('var evaluated = 6; evaluated'), evaluated);
console.log(require('./strict.js'));
