const http = require('http');

const server = http.createServer((request, response) => {
  console.log(request.headers.accept);
  response.setHeader('content-type', 'text/event-stream');
  response.write('id: 1\ndata: first\n\nevent: named\ndata: two\ndata: lines\n\n');
}).listen(0, '127.0.0.1', () => {
  const source = new EventSource(`http://127.0.0.1:${server.address().port}/`);
  source.onopen = () => console.log('open', source.readyState);
  source.onmessage = ({ data, lastEventId }) => console.log(data, lastEventId);
  source.addEventListener('named', ({ data }) => {
    console.log(JSON.stringify(data));
    source.close();
    server.close();
    server.closeAllConnections();
  });
});
