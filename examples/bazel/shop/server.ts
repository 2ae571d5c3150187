import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Mustache from 'mustache';
import { greeting } from '../greeting/greeting.ts';
import stock from './stock.json' with { type: 'json' };

const view = readFileSync(new URL('./views/shop.mustache', import.meta.url), 'utf8');

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  response.end(Mustache.render(view, {
    greeting: greeting('customer'),
    stock: Object.entries(stock).map(([name, count]) => ({ name, count })),
  }));
});

server.listen(Number(process.env.PORT ?? 8080), () => {
  const address = server.address();
  console.log(`listening on port ${typeof address === 'object' ? address?.port : address}`);
});
process.on('SIGTERM', () => server.close());
