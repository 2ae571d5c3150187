console.log(require('one').one(), require('zlib').gzipSync('x').length > 0);
