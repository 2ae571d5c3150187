const http = require('http');
const { once } = require('events');

const server = http.createServer((request, response) => response.end('direct')).listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${server.address().port}/`;
  console.log(await fetch(url).then((response) => response.text(), (error) => error.cause.code));
  try {
    const [response] = await once(http.get(url), 'response');
    console.log((await response.toArray()).join(''));
  } catch (error) {
    console.log(error.code);
  }
  server.close();
  server.closeAllConnections();
});
