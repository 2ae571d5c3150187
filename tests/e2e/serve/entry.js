// An entry whose default export serves.
export default {
  hostname: '127.0.0.1',
  count: 0,
  fetch(request, server) {
    this.count++;
    return new Response(`${request.method} ${server.port} ${this.count}\n`);
  },
};
