// node:stream, by npm's readable-stream, which is Node's own code.
import npm from 'readable-stream/lib/stream.js';

export default npm;
