// Tools call them on their way; without the inspector there is nothing to take.
const v8 = require('node:v8');
console.log(v8.takeCoverage(), v8.stopCoverage());
