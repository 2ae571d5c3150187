// JSON with comments, TOML and YAML are data, as JSON is, with import and require().
import settings from './settings.jsonc';
import server from './server.toml';
import jobs from './jobs.yaml';

console.log(settings);
console.log(require('./settings.jsonc') === settings);
console.log(JSON.stringify(server, null, 1));
console.log(JSON.stringify(jobs));
console.log(require('./list.yml'));
