// fastify beside Node in servers.py: fastify.js PORT.
const fastify = require('fastify')();

fastify.get('/', async () => 'Hello');
fastify.get('/json', { schema: { response: { 200: { type: 'object', properties: { query: { type: 'object', additionalProperties: true } } } } } },
  async (request) => ({ query: request.query, left: 'out' }));
fastify.post('/echo', { schema: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 20 } } } } },
  async (request, reply) => reply.code(201).send(request.body));
fastify.get('/stream', (request, reply) => reply.type('text/plain').send(require('node:stream').Readable.from(['one\n', 'two\n'])));
fastify.get('/large', (request, reply) => reply.send(Buffer.alloc(300000, 'x')));
fastify.get('/error', async () => { throw Object.assign(new Error('deliberate'), { statusCode: 418 }); });
fastify.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
