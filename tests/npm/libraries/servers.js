// express with sessions, Apollo, fastify over HTTP/2, socket.io with its client.
import { once } from 'node:events';
import http2 from 'node:http2';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import express from 'express';
import session from 'express-session';
import fastify from 'fastify';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';

const app = express();
app.use(session({ secret: 'keyboard', resave: false, saveUninitialized: true, cookie: { maxAge: 60_000 } }));
app.get('/', (request, response) => {
  request.session.views = (request.session.views ?? 0) + 1;
  response.json({ views: request.session.views });
});
const listening = app.listen(0, '127.0.0.1');
await once(listening, 'listening');
const base = `http://127.0.0.1:${listening.address().port}`;
const first = await fetch(base);
const cookie = first.headers.get('set-cookie').split(';')[0];
console.log(await first.json(), /^connect\.sid=s%3A.{32}\./.test(cookie));
console.log(await (await fetch(base, { headers: { cookie } })).json(), await (await fetch(base, { headers: { cookie: `${cookie}x` } })).json());
listening.close();
listening.closeAllConnections();

const apollo = new ApolloServer({
  typeDefs: 'type Query { hello(name: String!): String, list: [Int] } type Mutation { add(a: Int!, b: Int!): Int }',
  resolvers: { Query: { hello: (_, { name }) => `hello ${name}`, list: () => [1, 2, null] }, Mutation: { add: (_, { a, b }) => a + b } },
  includeStacktraceInErrorResponses: false,
});
const { url } = await startStandaloneServer(apollo, { listen: { port: 0, host: '127.0.0.1' } });
const ask = async (query, variables) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  console.log(response.status, JSON.stringify(await response.json()));
};
await ask('query A($n: String!) { hello(name: $n) list }', { n: 'ä' });
await ask('mutation { add(a: 1, b: 2) }');
await ask('{ nothing }');
await ask('{ hello }');
await ask('{ __schema { queryType { fields { name } } } }');
await apollo.stop();

const fast = fastify({ http2: true });
fast.post('/sum', { schema: { body: { type: 'object', required: ['list'], properties: { list: { type: 'array', items: { type: 'integer' } } } } } }, async ({ body, raw }) => ({ sum: body.list.reduce((a, b) => a + b), version: raw.httpVersion }));
await fast.listen({ port: 0, host: '127.0.0.1' });
const client = http2.connect(`http://127.0.0.1:${fast.server.address().port}`);
for (const body of ['{"list":[1,2,3]}', '{"list":["x"]}', '{']) {
  const request = client.request({ ':method': 'POST', ':path': '/sum', 'content-type': 'application/json' });
  request.end(body);
  const [headers] = await once(request, 'response');
  let text = '';
  for await (const chunk of request) text += chunk;
  console.log(headers[':status'], text);
}
client.close();
await fast.close();

const sockets = new Server(0, { transports: ['polling', 'websocket'] });
sockets.of('/room').on('connection', (socket) => {
  socket.on('echo', (...values) => values.pop()(...values));
  socket.join('all');
  sockets.of('/room').to('all').emit('joined', Buffer.from('ä'));
});
for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
  const socket = io(`http://127.0.0.1:${sockets.httpServer.address().port}/room`, { transports, forceNew: true });
  const joined = new Promise((resolve) => socket.on('joined', resolve));
  console.log(transports.join(), await socket.emitWithAck('echo', { a: [1, null] }), `${Buffer.from(await joined)}`);
  socket.disconnect();
}
await sockets.close();
