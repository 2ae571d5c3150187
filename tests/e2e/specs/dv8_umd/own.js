// It has a function of that name and a comment that says module('timer', {}).
exports.name = (function (module) { return module('x') })(name => `own ${name}`)
