// express' part in http.py: express.js PORT.
const app = require('express')();
app.get('/', (request, response) => response.type('text').send('Hello, World!\n'));
app.listen(Number(process.argv[2]), '127.0.0.1');
