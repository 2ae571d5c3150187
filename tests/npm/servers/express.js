// express beside Node in servers.py: express.js PORT.
const express = require('express');

const app = express();
app.use(express.json(), express.urlencoded({ extended: false }), express.text());
app.get('/', (request, response) => response.send('Hello'));
app.get('/json', (request, response) => response.json({ query: request.query, headers: Object.keys(request.headers).sort() }));
app.post('/echo', (request, response) => response.status(201).json(request.body));
app.get('/stream', (request, response) => {
  response.type('text/plain');
  let left = 3;
  const timer = setInterval(() => {
    response.write(`part ${left}\n`);
    if (--left === 0) {
      clearInterval(timer);
      response.end();
    }
  }, 5);
});
app.get('/redirect', (request, response) => response.redirect('/json?a=1'));
app.get('/cookie', (request, response) => response.cookie('name', 'välue', { httpOnly: true, maxAge: 0 }).end());
app.get('/large', (request, response) => response.send(Buffer.alloc(300000, 'x')));
app.get('/error', () => { throw Object.assign(new Error('deliberate'), { status: 418, expose: true }); });
app.use((error, request, response, next) => response.status(error.status ?? 500).json({ message: error.message }));
const server = app.listen(Number(process.argv[2]), '127.0.0.1');
server.headersTimeout = 300;
server.requestTimeout = 600;
