// The API as CommonJS sees it.
const { pack, version } = require('dv8pack');

pack({ entry: 'app.ts', output: 'app-cjs' }).then(({ output }) => console.log(output, version));
