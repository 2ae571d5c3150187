import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

export interface App {
  server: Server;
  /** Takes no more connections, waits for the requests that run, at most `limit` milliseconds. */
  stop(limit: number): Promise<void>;
}

export function createApp(): App {
  let stopping = false;
  const routes: Record<string, Handler> = {
    'GET /': (request, response) => send(response, 200, { hello: 'world' }),
    // Whether the process lives, and whether it wants requests: a balancer takes the second.
    'GET /health': (request, response) => send(response, 200, { status: 'ok' }),
    'GET /ready': (request, response) => send(response, stopping ? 503 : 200, { ready: !stopping }),
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const handler = routes[`${request.method} ${path}`];
    if (handler) handler(request, response);
    else send(response, 404, { error: 'not found' });
  });
  const stop = (limit: number) =>
    new Promise<void>((resolve) => {
      stopping = true;
      const timer = setTimeout(() => server.closeAllConnections(), limit);
      server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      server.closeIdleConnections();
    });
  return { server, stop };
}
