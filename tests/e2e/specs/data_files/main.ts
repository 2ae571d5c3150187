// JSON with comments is data, as JSON is, with import and require().
import settings from './settings.jsonc';

console.log(settings);
console.log(require('./settings.jsonc') === settings);
