const core = require('dv8:core');
const { Timer } = core.module('timer', {});
console.log(typeof Timer, core.module('none'), typeof library('timer').Timer);
