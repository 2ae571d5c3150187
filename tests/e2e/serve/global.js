// By the global, with a handler that is told who asks; TLS where key and certificate are named, a path where one is.
const [key, cert, unix] = process.argv.slice(2);
const { readFileSync } = require('node:fs');

const options = { hostname: '127.0.0.1', port: 0, onListen: ({ port, path }) => console.log(port ?? path) };
if (key) options.tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert) };
if (unix) options.unix = unix;
dv8.serve(options, async (request) => new Response(`${request.url} ${(await request.text()).length}\n`));
