require('http').createServer((request, response) => response.end(`hello ${request.url}\n`)).listen(80, '0.0.0.0', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
