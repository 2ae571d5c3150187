const crypto = require('crypto');
const https = require('https');
console.log(crypto.createHash('sha256').update('x').digest('hex'), typeof https.request, crypto.randomUUID().length);
