const cluster = require('node:cluster')
const http = require('node:http')

if (cluster.isPrimary) {
  cluster.fork().on('listening', ({ port }) => {
    http.get({ port }, (response) => response.setEncoding('utf8').on('data', (text) => console.log(text)).on('end', () => cluster.disconnect()))
  })
  cluster.on('exit', (worker, code, signal) => console.log('exit', worker.id, code, signal))
} else {
  http.createServer((request, response) => {
    response.setHeader('connection', 'close')
    response.end(`worker ${cluster.worker.id}, ${process.argv.length} arguments`)
  }).listen(0)
}
