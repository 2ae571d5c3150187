// node:stream/promises.
import npm from 'readable-stream/lib/stream.js';

export default npm.promises;
