// koa beside Node in servers.py: koa.js PORT.
const Koa = require('koa');

const app = new (Koa.default ?? Koa)();
app.silent = true;
app.use(async (context, next) => {
  await next();
  context.set('X-Seen', context.path);
});
app.use(async (context) => {
  switch (context.path) {
    case '/': context.body = 'Hello'; break;
    case '/json': context.body = { query: { ...context.query } }; break;
    case '/echo': {
      const chunks = [];
      for await (const chunk of context.req) chunks.push(chunk);
      context.status = 201;
      context.body = Buffer.concat(chunks);
      break;
    }
    case '/stream': context.body = require('node:stream').Readable.from(['one\n', 'two\n']); break;
    case '/large': context.body = Buffer.alloc(300000, 'x'); break;
    case '/error': context.throw(418, 'deliberate'); break;
    case '/redirect': context.redirect('/json'); break;
  }
});
app.listen(Number(process.argv[2]), '127.0.0.1');
