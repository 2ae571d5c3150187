// hono beside Node in servers.py: hono.js PORT.
const { serve } = require('@hono/node-server');
const { Hono } = require('hono');
const { HTTPException } = require('hono/http-exception');
const { setCookie } = require('hono/cookie');
const { stream } = require('hono/streaming');
const { etag } = require('hono/etag');

const app = new Hono();
app.use('/', etag());
app.get('/', (context) => context.text('Hello'));
app.get('/json', (context) => context.json({ query: context.req.query(), headers: Object.keys(context.req.header()).sort() }));
app.post('/echo', async (context) => {
  const isForm = context.req.header('content-type')?.includes('form');
  return context.json(isForm ? await context.req.parseBody() : await context.req.json(), 201);
});
app.get('/stream', (context) => stream(context, async (output) => {
  for (const part of ['one\n', 'two\n']) {
    await output.write(part);
    await output.sleep(5);
  }
}));
app.get('/redirect', (context) => context.redirect('/json?a=1'));
app.get('/cookie', (context) => {
  setCookie(context, 'name', 'välue', { httpOnly: true, maxAge: 0 });
  return context.body(null);
});
app.get('/large', (context) => context.body('x'.repeat(300000)));
app.get('/error', () => { throw new HTTPException(418, { message: 'deliberate' }); });
app.onError((error, context) => context.json({ message: error.message }, error instanceof HTTPException ? error.status : 500));
serve({ fetch: app.fetch, port: Number(process.argv[2]), hostname: '127.0.0.1' });
