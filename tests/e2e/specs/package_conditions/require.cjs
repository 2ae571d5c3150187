exports.default = 'require';
