console.log(typeof require('assets').list);
console.log(require('dv8:assets') === require('assets'));
