// A program of nothing else: Node's loader is there for them.
import text from 'data:text/javascript,export default "of a URL"';
import json from 'data:application/json,{"a":1}' with { type: 'json' };

console.log(text, json);
await import('https://example.invalid/a.mjs').catch((error) => console.log(error.code));
