// JSON with comments and TOML are data, as JSON is, with import and require().
import settings from './settings.jsonc';
import server from './server.toml';

console.log(settings);
console.log(require('./settings.jsonc') === settings);
console.log(JSON.stringify(server, null, 1));
