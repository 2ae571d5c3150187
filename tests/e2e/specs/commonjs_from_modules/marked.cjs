Object.defineProperty(exports, '__esModule', { value: true });
exports.default = 'inner';
exports.one = 1;
