exports.named = 'by its name';
exports.sloppy = (function () { return this === globalThis; })();
with ({ package: 'reserved' }) exports.reserved = package;
exports.Shape = class Shape {};
exports.required = require('./inner.js');
exports.again = () => require('./old.cjs');
exports.children = module.children.map((child) => child.id);
exports.id = module.id;
