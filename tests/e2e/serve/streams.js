// Bodies as streams, signals, forms and fetch(): what of Node's library is packed for a server.
import { serve } from 'dv8:serve';

const log = [];

const server = serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/count': {
        let n = 0;
        return new Response(new ReadableStream({
          pull(controller) {
            controller.enqueue(new TextEncoder().encode(`${n++}\n`));
            if (n === 1000) controller.close();
          },
        }));
      }
      case '/echo': return new Response(request.body);
      case '/upper': return new Response(request.body.pipeThrough(new TextDecoderStream()).pipeThrough(new TransformStream({
        transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); },
      })).pipeThrough(new TextEncoderStream()));
      case '/forever': {
        request.signal.addEventListener('abort', () => log.push('aborted'));
        return new Response(new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => { setTimeout(resolve, 20); });
            controller.enqueue(new Uint8Array(1000));
          },
          cancel() { log.push('cancelled'); },
        }));
      }
      case '/log': return Response.json(log);
      case '/form': {
        const form = await request.formData();
        const file = form.get('file');
        return Response.json([form.get('name'), file.name, await file.text()]);
      }
      case '/sendform': {
        const form = new FormData();
        form.set('a', 'one');
        form.set('b', new Blob(['two']), 'b.txt');
        return new Response(form);
      }
      case '/blob': return new Response(new Blob(['blob of ', await request.blob()], { type: 'text/x-blob' }));
      case '/proxy': return fetch(new Request(new URL('/upper', request.url), request));
      case '/fetched': {
        const response = await fetch(new URL('/hello', request.url), { headers: new Headers({ 'x-one': '1' }) });
        return Response.json([response instanceof Response, response.headers instanceof Headers, response.status, await response.text()]);
      }
      case '/clone': {
        const copy = request.clone();
        return Response.json([await request.text(), await copy.text()]);
      }
      case '/params': return new Response(new URLSearchParams({ a: 'ä b', c: '1' }));
      default: return new Response('hello');
    }
  },
});
console.log(server.port);
