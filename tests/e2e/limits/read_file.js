require('fs').readFile('/dev/null', (error) => console.log(error ? error.code : 'read'));
