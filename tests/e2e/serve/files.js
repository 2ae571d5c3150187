// Files of the executable, or of the folder that is the program's argument.
import { file, serve, staticFiles } from 'dv8:serve';

const files = staticFiles(process.argv[2] ?? 'public', { headers: { 'Cache-Control': 'max-age=60' } });
const server = serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request) {
    if (request.url.endsWith('/one')) return new Response(file(`${process.argv[2] ?? 'public'}/index.html`));
    return files(request) ?? new Response('Not found\n', { status: 404 });
  },
});
console.log(server.port);
