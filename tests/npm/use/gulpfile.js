const { src, dest } = require('gulp');

exports.hello = () => src('order.js').pipe(dest('out'));
